/**
 * The middle value; of an even number of values the mean of the two in the middle.
 *
 * @param values - at least one, in any order; not changed
 * @throws RangeError when there is none
 */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).toSorted();
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError('no median of no values');
  return lower === upper ? lower : lower + (upper - lower) / 2;
}
