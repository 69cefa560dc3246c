import type { QueryLog } from '../raw/query-blocks.ts';
import { queryBlockRowCount } from '../raw/query-log-file.ts';
import { sortedLatenciesNs } from '../raw/query-log.ts';
import { valuesAtRanks } from '../statistics/rank-finder.ts';
import { latencies } from './load-quantities.ts';

/** The ranks wanted of so many values, from 0 in ascending order. */
export type RanksOf = (count: number) => Iterable<number>;

const sortedCountMax = 1_000_000;

/**
 * Latencies of the completed queries at these ranks, in nanoseconds: exact, in constant memory, of a log of any
 * length.
 *
 * @returns by rank: `sorted[rank]`
 */
export function latenciesAtRanks(log: QueryLog, ranksOf: RanksOf): ReadonlyMap<number, number> {
  if (log.rowCount > sortedCountMax) {
    const values = new Float64Array(queryBlockRowCount);
    return valuesAtRanks((show) => {
      log.scan((block) => show(values, latencies(block, values)));
    }, ranksOf);
  }
  const sorted = sortedLatenciesNs(log);
  return new Map(Array.from(ranksOf(sorted.length), (rank) => [rank, sorted[rank] ?? Number.NaN]));
}
