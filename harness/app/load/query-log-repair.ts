import { existsSync, fsyncSync, ftruncateSync, openSync, closeSync, statSync } from 'node:fs';

import { magicByteCount } from '#harness/judge/raw/file-magic.ts';
import { queryDetailsRowByteCount } from '#harness/judge/raw/query-details.ts';
import { queryRowByteCount } from '#harness/judge/raw/query-row.ts';
import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

/** Whole rows of a file whose writing may have been cut anywhere; 0 when it is not there. */
function rowsIn(path: string, rowByteCount: number): number {
  const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return Math.max(0, Math.floor((size - magicByteCount) / rowByteCount));
}

/**
 * Whole rows of a query log whose writing was cut anywhere, by the sizes of its files: every query that ended is one,
 * and every late, duplicate or unknown completion. With details, the shorter of the two files counts.
 */
export function wholeRowsOf(path: string, detailsPath?: string): number {
  const rowCount = rowsIn(path, queryRowByteCount);
  if (detailsPath === undefined || !existsSync(detailsPath)) return rowCount;
  return Math.min(rowCount, rowsIn(detailsPath, queryDetailsRowByteCount));
}

function cutTo(path: string, byteCount: number): number {
  const fd = openSync(path, 'r+');
  try {
    const cutByteCount = Math.max(0, statSync(path).size - byteCount);
    if (cutByteCount > 0) {
      ftruncateSync(fd, byteCount);
      fsyncSync(fd);
    }
    return cutByteCount;
  } finally {
    closeSync(fd);
  }
}

/** What a repair did. */
export interface QueryLogRepair {
  readonly rowCount: number;
  /** Taken off the ends of both files; 0 when they were whole. */
  readonly cutByteCount: number;
}

/**
 * Cuts a query log whose writer was killed to whole rows, and its details to the same number, so that every reader
 * takes it. To be done before the bundle is sealed. A file without a whole mark becomes empty.
 *
 * @throws LabError evidence/write-failed
 */
export function repairQueryLog(path: string, detailsPath?: string): QueryLogRepair {
  const rowCount = wholeRowsOf(path, detailsPath);
  const bytesOf = (rowByteCount: number, file: string): number =>
    statSync(file).size < magicByteCount ? 0 : magicByteCount + rowCount * rowByteCount;
  try {
    let cutByteCount = cutTo(path, bytesOf(queryRowByteCount, path));
    if (detailsPath !== undefined && existsSync(detailsPath))
      cutByteCount += cutTo(detailsPath, bytesOf(queryDetailsRowByteCount, detailsPath));
    return { rowCount, cutByteCount };
  } catch (error) {
    throw evidenceWriteError(error, path);
  }
}
