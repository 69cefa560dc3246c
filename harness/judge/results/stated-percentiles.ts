import type { Percentiles } from '#harness/contracts/records/load-results.ts';

import type { Distribution } from '../load/distribution.ts';

/** The percentiles that are stated of a quantity. */
export function statedPercentilesOf(distribution: Distribution): Percentiles {
  const { minNs, meanNs, maxNs, at } = distribution;
  return {
    minNs,
    meanNs,
    p50Ns: at(0.5),
    p90Ns: at(0.9),
    p95Ns: at(0.95),
    p97Ns: at(0.97),
    p99Ns: at(0.99),
    p999Ns: at(0.999),
    maxNs,
  };
}
