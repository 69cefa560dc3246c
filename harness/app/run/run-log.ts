import { openSync, closeSync, writeSync } from 'node:fs';

import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

/** The log of one run: a line of JSON for each entry, in the evidence bundle. Closed before the bundle is hashed. */
export interface RunLog {
  /** Never throws: what went wrong is told by `close`, so that a full disk cannot keep a board from its release. */
  readonly write: LogWriter;
  /** Lines written later are dropped. @throws LabError evidence/disk-full, evidence/write-failed of any line */
  readonly close: () => void;
}

/** Opens the log for appending. */
export function openRunLog(path: string, clock: Clock): RunLog {
  const file = openSync(path, 'a');
  let isOpen = true;
  let failure: { readonly cause: unknown } | undefined;
  return {
    write: ({ level, message, fields }) => {
      if (!isOpen || failure !== undefined) return;
      try {
        writeSync(file, `${JSON.stringify({ atNs: clock.nowNs(), level, message, ...fields })}\n`);
      } catch (cause) {
        failure = { cause };
      }
    },
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
      if (failure !== undefined) throw evidenceWriteError(failure.cause, path);
    },
  };
}
