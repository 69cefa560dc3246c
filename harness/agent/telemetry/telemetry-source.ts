import type { DeviceUnit } from '#harness/contracts/dut.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';

/** What a source measures: one of its values. */
export interface SourceChannel {
  /** Stays the same over boots: by the device's name, not by a number that the system gave. */
  readonly name: string;
  readonly unit: DeviceUnit;
}

/** Something that measures, as it was found at start. One `read` at a time. */
export interface TelemetrySource extends AsyncDisposable {
  readonly name: string;
  readonly channels: readonly SourceChannel[];
  /** The values now, in the order of the channels; undefined where the sensor has none at the moment. */
  readonly read: () => Promise<readonly (number | undefined)[]>;
}

/** What sources are found with. */
export interface SourceSearch {
  /** Where sysfs is mounted; tests give a folder of their own. */
  readonly sysfs: string;
  /** Program that is asked for NVIDIA devices. */
  readonly nvidiaSmi: string;
  readonly clock: Clock;
  readonly log: LogWriter;
}

/** Looks for the sources of one kind; none where there are none. */
export type FindSources = (search: SourceSearch) => Promise<readonly TelemetrySource[]>;
