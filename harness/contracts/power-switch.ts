import type { Clock } from '#harness/kernel/clock.ts';

import type { LogWriter } from './log-writer.ts';

/** What a driver of a power switch gets from the harness. */
export interface PowerSwitchContext {
  readonly switchId: string;
  readonly clock: Clock;
  readonly log: LogWriter;
}

/** The port to something that takes a board's power away and gives it back: a hub's port, an outlet, a relay. */
export interface PowerSwitch extends AsyncDisposable {
  /** Asks the switch itself; undefined where it cannot say. @throws LabError facility/no-answer */
  readonly isOn: (signal: AbortSignal) => Promise<boolean | undefined>;
  /** Switches, and reads back where the switch can. @throws LabError facility/no-answer, facility/rejected-command */
  readonly set: (isOn: boolean, signal: AbortSignal) => Promise<void>;
  /** Off for at least this long before on, milliseconds. */
  readonly minimumOffMs: number;
}
