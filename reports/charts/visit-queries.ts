import type { QueryBlock, QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

/** Visits the row of every query that was issued, whatever became of it; events beside queries are left out. */
export function visitIssued(log: QueryLog, visit: (block: QueryBlock, row: number) => void): void {
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1) {
      if ((block.status[row] ?? rowStatus.unknown) <= rowStatus.lost) visit(block, row);
    }
  });
}

/** Visits the latency of every completed query. */
export function visitLatencies(log: QueryLog, visit: (latencyNs: number) => void): void {
  log.scan(({ rowCount, status, latencyNs }) => {
    for (let row = 0; row < rowCount; row += 1) {
      if (status[row] === rowStatus.completed) visit(latencyNs[row] ?? Number.NaN);
    }
  });
}
