import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { queryDetailsFile } from '#harness/judge/raw/query-details.ts';
import { queryLogFile } from '#harness/judge/raw/query-log-file.ts';

import { repairQueryLog } from '../load/query-log-repair.ts';

/**
 * Closes the query log of a run whose process is gone: a row that was torn by a kill is cut off, so that the log can be
 * read. Rows are on the disk moments after their queries ended, so they outlive the process.
 *
 * @returns what was left, to end the sentence of an error with; empty for no query log, or one that cannot be read.
 *   Never throws
 */
export function partialLoadNote(bundleDir: string): string {
  const path = join(bundleDir, queryLogFile);
  const detailsPath = join(bundleDir, queryDetailsFile);
  if (!existsSync(path)) return '';
  try {
    const { rowCount } = existsSync(detailsPath)
      ? repairQueryLog(path, detailsPath)
      : repairQueryLog(path);
    return `; partial: ${rowCount} rows of its load are kept in ${path}`;
  } catch {
    // The log of a run that broke off is a bonus; what broke it off is the error that counts.
    return '';
  }
}
