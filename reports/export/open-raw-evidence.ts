import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  decodeRawEvidence,
  type LogOf,
  type RawEvidence,
} from '#harness/judge/raw/raw-evidence.ts';
import { unreadable } from '#harness/judge/raw/unreadable.ts';

import { hasErrno } from '../evidence/evidence-write-error.ts';
import { openQueryLogFile } from '../evidence/query-log-file.ts';

/** Raw files of a bundle that stay open as long as they are read. */
export interface OpenRawEvidence extends Disposable {
  readonly raw: RawEvidence;
}

/**
 * Opens the raw files of a bundle: query logs are read in pieces from the disk, however long they are.
 *
 * @throws LabError evidence/unreadable
 */
export function openRawEvidence(dir: string): OpenRawEvidence {
  const logs = new DisposableStack();
  const contentOf = (path: string): Uint8Array | undefined => {
    try {
      return readFileSync(join(dir, path));
    } catch (cause) {
      if (hasErrno(cause, 'ENOENT')) return undefined;
      throw unreadable(path, 'cannot be read', cause);
    }
  };
  const logOf: LogOf = (path, detailsPath) => {
    if (!existsSync(join(dir, path))) return undefined;
    const details = detailsPath === undefined ? undefined : join(dir, detailsPath);
    const present = details !== undefined && existsSync(details) ? details : undefined;
    return logs.use(openQueryLogFile(join(dir, path), present));
  };
  try {
    return { raw: decodeRawEvidence(contentOf, logOf), [Symbol.dispose]: () => logs.dispose() };
  } catch (error) {
    logs.dispose();
    throw error;
  }
}
