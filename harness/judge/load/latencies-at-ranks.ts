import type { QueryLog } from '../raw/query-blocks.ts';
import { queryBlockRowCount } from '../raw/query-log-file.ts';
import { sortedLatenciesNs } from '../raw/query-log.ts';
import { valuesAtRanks } from '../statistics/rank-finder.ts';
import { issueDelays, latencies, type Quantity } from './load-quantities.ts';

/** The ranks wanted of so many values, from 0 in ascending order. */
export type RanksOf = (count: number) => Iterable<number>;

const sortedCountMax = 1_000_000;

function quantityAtRanks(
  log: QueryLog,
  quantity: Quantity,
  ranksOf: RanksOf,
): ReadonlyMap<number, number> {
  const values = new Float64Array(queryBlockRowCount);
  return valuesAtRanks((show) => {
    log.scan((block) => show(values, quantity(block, values)));
  }, ranksOf);
}

/**
 * Latencies of the completed queries at these ranks, in nanoseconds: exact, in constant memory, of a log of any
 * length.
 *
 * @returns by rank: `sorted[rank]`
 */
export function latenciesAtRanks(log: QueryLog, ranksOf: RanksOf): ReadonlyMap<number, number> {
  if (log.rowCount > sortedCountMax) return quantityAtRanks(log, latencies, ranksOf);
  const sorted = sortedLatenciesNs(log);
  return new Map(Array.from(ranksOf(sorted.length), (rank) => [rank, sorted[rank] ?? Number.NaN]));
}

/** How late the queries of a schedule were issued, in nanoseconds, at these ranks. */
export function issueDelaysAtRanks(log: QueryLog, ranksOf: RanksOf): ReadonlyMap<number, number> {
  return quantityAtRanks(log, issueDelays, ranksOf);
}
