import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { DeviceReading } from '#harness/contracts/dut.ts';
import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

/** Where a device's own telemetry lies in a bundle: a line of JSON for each reading, in the order of arrival. */
const readingsFile = 'raw/readings.jsonl';

/** The readings of one run; the file is made by the first. */
export interface ReadingLog {
  /** Never throws: what went wrong is told by `close`. */
  readonly write: (reading: DeviceReading) => void;
  /** @throws LabError evidence/disk-full, evidence/write-failed of any line */
  readonly close: () => void;
}

/** Opens the log of a bundle whose folder `raw` exists. */
export function openReadingLog(bundleDir: string): ReadingLog {
  const path = join(bundleDir, readingsFile);
  let file: number | undefined;
  let isOpen = true;
  let failure: { readonly cause: unknown } | undefined;
  return {
    write: (reading) => {
      if (!isOpen || failure !== undefined) return;
      try {
        file ??= openSync(path, 'a');
        writeSync(file, `${JSON.stringify(reading)}\n`);
      } catch (cause) {
        failure = { cause };
      }
    },
    close: () => {
      if (isOpen && file !== undefined) closeSync(file);
      isOpen = false;
      if (failure !== undefined) throw evidenceWriteError(failure.cause, path);
    },
  };
}
