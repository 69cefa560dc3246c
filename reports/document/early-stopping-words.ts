import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type { LatencyResult } from '#harness/contracts/records/run-record.ts';

import { formatCount, formatDurationNs } from './format-quantity.ts';
import { percentileName } from './stated-percentile.ts';

/** What early stopping says of a stream: how large its percentile can be. */
export function streamEarlyStopping({ earlyStopping }: LatencyResult): string {
  const { percentile, met, latencyNs, queriesNeeded } = earlyStopping;
  const name = percentileName(percentile);
  if (met && latencyNs !== null) {
    return `The upper bound of ${name} that early stopping allows at this number of queries is ${formatDurationNs(latencyNs)}.`;
  }
  return `Early stopping for ${name} is not met: ${formatCount(queriesNeeded)} more queries were needed.`;
}

/** What early stopping says of a server: whether so many queries over the limit are few enough. */
export function serverEarlyStopping(latency: LatencyResult, load: LoadResult): string {
  const { percentile, met, queriesNeeded } = latency.earlyStopping;
  const { queryCount, overLimitCount = 0 } = load;
  const name = percentileName(percentile);
  const counts = `${formatCount(overLimitCount)} of ${formatCount(queryCount)} queries over the limit`;
  if (met) return `met: with ${counts}, ${name} holds it at 99\u00A0% confidence`;
  const isOften = overLimitCount >= queryCount * (1 - percentile);
  const needed = isOften
    ? 'as long as so many are over it, more queries do not help'
    : `${formatCount(queriesNeeded)} more queries, none of them over it, were needed`;
  return `not met: ${counts} do not show that ${name} holds it; ${needed}`;
}
