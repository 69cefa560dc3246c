const wordSpan = 4_294_967_296;

/**
 * A whole number below a bound, each equally likely, as the portable order draws it: the remainder of the first word
 * below the largest multiple of the bound.
 *
 * @param next - gives words in 0..2^32-1
 * @param bound - whole number in 1..2^32-1
 */
export function fairDraw(next: () => number, bound: number): number {
  let drawn = next();
  // Only a word of the last stretch can be too high, so the largest multiple is seldom needed.
  if (drawn >= wordSpan - bound) {
    const fairSpan = wordSpan - (wordSpan % bound);
    while (drawn >= fairSpan) drawn = next();
  }
  return (drawn >>> 0) % (bound >>> 0);
}
