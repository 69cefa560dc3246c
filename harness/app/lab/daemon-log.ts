import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { utcText } from '#harness/kernel/utc-text.ts';

/** A log of this size is put aside when the daemon starts; one older one is kept. */
const rotateAtBytes = 10 * 1024 ** 2;

/** The daemon's own log, `<stateDir>/daemon.jsonl`: a line of JSON for each entry. */
export function openDaemonLog(
  stateDir: string,
  clock: Clock,
): { readonly write: LogWriter; readonly close: () => void } {
  const path = join(stateDir, 'daemon.jsonl');
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > rotateAtBytes) renameSync(path, `${path}.1`);
  const file = openSync(path, 'a');
  let isOpen = true;
  return {
    write: ({ level, message, fields }) => {
      if (!isOpen) return;
      const line = { at: utcText(clock.utcMs()), level, message, ...fields };
      try {
        writeSync(file, `${JSON.stringify(line)}\n`);
      } catch {
        // A full disk must not stop the lab; evidence has its own error for it.
      }
    },
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
