import type { LatencyResult, RunSettings } from '#harness/contracts/records/run-record.ts';

import type { QueryLog } from '../raw/query-blocks.ts';
import { failedQueryCount } from '../raw/query-log.ts';
import { sumOf } from '../statistics/compensated-sum.ts';
import { earlyStopping } from '../statistics/early-stopping.ts';
import { percentile } from '../statistics/percentile.ts';

/**
 * What the completed queries say, as rule set 1 derived it.
 *
 * @param sortedNs - their latencies in nanoseconds, ascending
 * @returns undefined when none completed
 */
export function latencyResult1(
  queries: QueryLog,
  sortedNs: Float64Array,
  settings: RunSettings,
): LatencyResult | undefined {
  const [minNs] = sortedNs;
  const maxNs = sortedNs.at(-1);
  if (minNs === undefined || maxNs === undefined) return undefined;
  return {
    queryCount: sortedNs.length,
    failedQueryCount: failedQueryCount(queries),
    minNs,
    meanNs: sumOf(sortedNs) / sortedNs.length,
    p50Ns: percentile(sortedNs, 5000),
    p90Ns: percentile(sortedNs, 9000),
    p95Ns: percentile(sortedNs, 9500),
    p97Ns: percentile(sortedNs, 9700),
    p99Ns: percentile(sortedNs, 9900),
    p999Ns: percentile(sortedNs, 9990),
    maxNs,
    earlyStopping: earlyStopping(sortedNs, settings.percentile),
  };
}
