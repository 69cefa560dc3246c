const wordSpan = 4_294_967_296;

/** The upper 32 bits of a product of two words; exact, although the product has up to 64 bits. */
function upperWord(word: number, factor: number): number {
  const low = (word & 0xffff) * factor;
  const high = (word >>> 16) * factor;
  return Math.floor((high + Math.floor(low / 65_536)) / 65_536);
}

/**
 * A whole number below a bound, each equally likely: a word times the bound, of which the upper half counts; the few
 * words that would make some results likelier are drawn again.
 *
 * @param next - gives words in 0..2^32-1; called once, seldom more often
 * @param bound - whole number in 1..2^32-1
 * @see Lemire, Fast Random Integer Generation in an Interval (2019)
 */
export function boundedDraw(next: () => number, bound: number): number {
  let word = next();
  let rest = Math.imul(word, bound) >>> 0;
  if (rest < bound) {
    const unfair = (wordSpan - bound) % bound;
    while (rest < unfair) {
      word = next();
      rest = Math.imul(word, bound) >>> 0;
    }
  }
  return upperWord(word, bound);
}
