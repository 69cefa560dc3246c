import type { QueryLog } from '../../raw/query-blocks.ts';
import { rowStatus } from '../../raw/query-row.ts';

/** One row of a synthetic log; completed unless it says otherwise. */
export interface SyntheticRow {
  readonly scheduledAtNs: number;
  /** NaN when there is none. */
  readonly latencyNs: number;
  readonly status?: number;
}

const blockRowCount = 7;

/** A query log of these rows, shown in blocks of 7. */
export function syntheticLog(rows: readonly SyntheticRow[]): QueryLog {
  return {
    rowCount: rows.length,
    scan: (visit) => {
      for (let first = 0; first < rows.length; first += blockRowCount) {
        const block = rows.slice(first, first + blockRowCount);
        visit({
          rowCount: block.length,
          scheduledAtNs: Float64Array.from(block, ({ scheduledAtNs }) => scheduledAtNs),
          issueDelayNs: new Float64Array(block.length),
          latencyNs: Float64Array.from(block, ({ latencyNs }) => latencyNs),
          status: Uint8Array.from(block, ({ status }) => status ?? rowStatus.completed),
        });
      }
    },
  };
}

/** A log of queries one after the other, the first scheduled at 0. */
export function streamLog(latenciesNs: readonly number[]): QueryLog {
  let scheduledAtNs = 0;
  return syntheticLog(
    latenciesNs.map((latencyNs) => {
      const row = { scheduledAtNs, latencyNs };
      scheduledAtNs += latencyNs;
      return row;
    }),
  );
}
