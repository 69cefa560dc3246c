import { latenciesAtRanks } from '#harness/judge/load/latencies-at-ranks.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { percentileRank } from '#harness/judge/statistics/rank.ts';

/**
 * A percentile of the completed queries of a log, in nanoseconds.
 *
 * @param percentile - in 0 <= p < 1
 * @returns undefined when none completed
 * @throws LabError evidence/unreadable
 */
export function latencyPercentileNs(log: QueryLog, percentile: number): number | undefined {
  const found = latenciesAtRanks(log, (count) =>
    count === 0 ? [] : [percentileRank(count, percentile)],
  );
  return [...found.values()][0];
}
