import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { BoardEntry, PowerSwitchEntry } from '#harness/contracts/define-lab.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { RecoveryRung } from './recovery-ladder.ts';

/** What switching needs. */
export interface PowerTools {
  readonly clock: Clock;
  readonly log: LogWriter;
}

/**
 * Takes the power away for the switch's minimum off-time and gives it back. Power is given back whatever happens
 * between.
 *
 * @throws LabError facility/…
 */
async function cyclePower(
  entry: PowerSwitchEntry,
  { clock, log }: PowerTools,
  signal: AbortSignal,
): Promise<void> {
  const { id: switchId, driver, config } = entry;
  await using outlet = await driver.open(config, { switchId, clock, log }, signal);
  log({ level: 'warn', message: 'power is switched off and on', fields: { switchId } });
  try {
    await outlet.set(false, signal);
    await clock.sleep(outlet.minimumOffMs, signal);
  } finally {
    // Its own bound: an aborted run must not leave a board without power.
    await outlet.set(true, AbortSignal.timeout(switchOnMs));
  }
}

const switchOnMs = 10_000;

/**
 * The power switches of a board as rungs, in the order of its entry.
 *
 * @param before - done first, as closing the port
 */
export function powerRungs(
  lab: LoadedLab,
  board: BoardEntry,
  tools: PowerTools & { readonly before: () => Promise<void> },
): RecoveryRung[] {
  return (board.recovery?.powerSwitchIds ?? []).map((switchId) => {
    const found = lab.config.powerSwitches?.find(({ id }) => id === switchId);
    const entry = assertDefined(found, `power switch ${switchId} was checked to exist`);
    return {
      name: `power-switch ${switchId}`,
      climb: async (signal) => {
        await tools.before();
        await cyclePower(entry, tools, signal);
      },
    };
  });
}
