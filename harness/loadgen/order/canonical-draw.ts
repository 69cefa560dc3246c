const wordSpan = 4_294_967_296;
const largestBelowOne = 1 - Number.EPSILON / 2;

/**
 * A double in 0 <= u < 1 from two words, the low one drawn first. The sum of both is rounded to 53 bits, as C++
 * libraries do it.
 *
 * @param next - gives words in 0..2^32-1; called twice
 */
export function canonicalDraw(next: () => number): number {
  const low = next();
  const value = (low + next() * wordSpan) / (wordSpan * wordSpan);
  return value < 1 ? value : largestBelowOne;
}
