import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import {
  decodeRawEvidence,
  type ContentOf,
  type LogOf,
  type RawEvidence,
} from '#harness/judge/raw/raw-evidence.ts';
import { unreadable } from '#harness/judge/raw/unreadable.ts';

import { hasErrno } from './evidence-write-error.ts';
import { openQueryLogFile } from './query-log-file.ts';

/** Raw files of a bundle that stay open as long as they are read. */
export interface OpenRawEvidence extends Disposable {
  readonly raw: RawEvidence;
}

/** Raw files name other raw files; a name that leads out of `raw/`, or there by a detour, names nothing. */
function isRawFile(path: string): boolean {
  return path.startsWith('raw/') && posix.normalize(path) === path;
}

/**
 * Opens the raw files of a bundle: query logs are read in pieces from the disk, however long they are; the others are
 * read at once.
 *
 * @throws LabError evidence/unreadable
 */
export function openRawEvidence(dir: string): OpenRawEvidence {
  const contentOf: ContentOf = (path) => {
    try {
      return readFileSync(join(dir, path));
    } catch (cause) {
      if (hasErrno(cause, 'ENOENT')) return undefined;
      throw unreadable(path, 'cannot be read', cause);
    }
  };
  const pathOf = (path: string | undefined): string | undefined =>
    path !== undefined && isRawFile(path) && existsSync(join(dir, path))
      ? join(dir, path)
      : undefined;
  const logs = new DisposableStack();
  const logOf: LogOf = (file, detailsFile) => {
    const path = pathOf(file);
    if (path === undefined) return undefined;
    return logs.use(openQueryLogFile(path, pathOf(detailsFile), file));
  };
  try {
    return { raw: decodeRawEvidence(contentOf, logOf), [Symbol.dispose]: () => logs.dispose() };
  } catch (error) {
    logs.dispose();
    throw error;
  }
}
