import { assertDefined } from '#harness/kernel/assert.ts';

/**
 * A percentile without interpolation: `sorted[floor(n * p)]`, the rank that load generators of this field report.
 *
 * @param sorted - n >= 1 values, ascending; not changed
 * @param tenThousandths - whole number in 0..9999, 9990 for p99.9; whole, so that no rounding moves the rank
 * @throws RangeError when `sorted` is empty or the share is out of range
 */
export function percentile(sorted: Float64Array, tenThousandths: number): number {
  if (!Number.isInteger(tenThousandths) || tenThousandths < 0 || tenThousandths > 9999)
    throw new RangeError(`no percentile of ${tenThousandths} ten-thousandths`);
  if (sorted.length === 0) throw new RangeError('no percentile of no values');
  const product = sorted.length * tenThousandths;
  const rank = (product - (product % 10_000)) / 10_000;
  return assertDefined(sorted[rank], 'a rank below n');
}
