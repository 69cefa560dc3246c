/**
 * A double in 0 <= u < 1 on a grid of 2^-53, as the portable order draws it: the upper 27 bits of one word, then the
 * upper 26 of the next. Exact: nothing is rounded.
 *
 * @param next - gives words in 0..2^32-1; called twice
 */
export function uniformDraw(next: () => number): number {
  const high = next() >>> 5;
  return (high * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
}
