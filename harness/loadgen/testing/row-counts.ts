import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { MemoryRows } from '../recorder/memory-rows.ts';

/** How many rows there are of each status; those of 0 are left out. */
export type RowCounts = Partial<Record<keyof typeof rowStatus, number>>;

const names = ['completed', 'failed', 'lost', 'late', 'duplicate', 'unknown'] as const;

/** Counts rows for a test. */
export function rowCounts(rows: MemoryRows): RowCounts {
  const counts: RowCounts = {};
  for (let index = 0; index < rows.rowCount(); index += 1) {
    const { status } = rows.row(index);
    const name = names.find((each) => rowStatus[each] === status);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
