import { openSync, closeSync, writeSync } from 'node:fs';

import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';

/** The log of one run: a line of JSON for each entry, in the evidence bundle. Closed before the bundle is hashed. */
export interface RunLog {
  readonly write: LogWriter;
  readonly close: () => void;
}

/** Lines written after `close` are dropped: the bundle is being hashed by then. */
export function openRunLog(path: string, clock: Clock): RunLog {
  const file = openSync(path, 'a');
  let isOpen = true;
  return {
    write: ({ level, message, fields }) => {
      if (!isOpen) return;
      writeSync(file, `${JSON.stringify({ atNs: clock.nowNs(), level, message, ...fields })}\n`);
    },
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
