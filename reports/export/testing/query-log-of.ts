import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

/** One row of a log for tests; completed unless told otherwise. */
export interface TestRow {
  readonly scheduledAtNs: number;
  readonly issueDelayNs?: number;
  /** NaN: none. */
  readonly latencyNs: number;
  readonly status?: number;
}

/** A log of these rows, read in blocks of three rows so that tests cross their borders. */
export function queryLogOf(rows: readonly TestRow[]): QueryLog {
  const blockRowCount = 3;
  return {
    rowCount: rows.length,
    scan: (visit) => {
      for (let first = 0; first < rows.length; first += blockRowCount) {
        const part = rows.slice(first, first + blockRowCount);
        visit({
          rowCount: part.length,
          scheduledAtNs: Float64Array.from(part, (row) => row.scheduledAtNs),
          issueDelayNs: Float64Array.from(part, (row) => row.issueDelayNs ?? 0),
          latencyNs: Float64Array.from(part, (row) => row.latencyNs),
          status: Uint8Array.from(part, (row) => row.status ?? rowStatus.completed),
        });
      }
    },
  };
}
