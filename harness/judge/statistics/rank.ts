import { assert } from '#harness/kernel/assert.ts';

const steps = 1_000_000;

/**
 * floor(n * p), the place of a percentile among n values in ascending order, from 0. Percentiles of up to six decimals
 * are taken as the decimals they are written as: 0.57 of 100 is 57, not 56.999….
 *
 * @param count - n, at least 1
 * @param percentile - in 0 <= p < 1
 */
export function percentileRank(count: number, percentile: number): number {
  assert(count >= 1 && percentile >= 0 && percentile < 1, 'a percentile of at least one value');
  const millionths = Math.round(percentile * steps);
  if (Math.abs(percentile * steps - millionths) > 1e-6) return Math.floor(count * percentile);
  const product = count * millionths;
  return (product - (product % steps)) / steps;
}
