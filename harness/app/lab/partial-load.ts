import { statSync } from 'node:fs';
import { join } from 'node:path';

import { magicByteCount } from '#harness/judge/raw/file-magic.ts';
import { queryLogFile } from '#harness/judge/raw/query-log-file.ts';
import { queryRowByteCount } from '#harness/judge/raw/query-row.ts';

/**
 * What a run that broke off left of its load, for its error message: rows are on the disk moments after their queries
 * ended, so they outlive the process. Empty when there is no query log.
 */
export function partialLoadNote(bundleDir: string): string {
  const path = join(bundleDir, queryLogFile);
  const byteCount = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const rowCount = Math.floor(Math.max(0, byteCount - magicByteCount) / queryRowByteCount);
  return rowCount === 0
    ? ''
    : `; partial: ${rowCount} queries of its load are kept in ${path}, see \`assay loadgen judge\``;
}
