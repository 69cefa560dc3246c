const uint32Span = 4_294_967_296;
const seedStep = 0x9e3779b9;

/** The seed words one after the other: a counter whose bits are spread by a bijection. */
function seedWords(seed: number): (step: number) => number {
  return (step) => {
    let word = (seed + Math.imul(step, seedStep)) | 0;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  };
}

/**
 * The generator of the sample order: xoshiro128** on 32-bit words, the same on every platform. Not for secrets.
 *
 * @param seed - whole number in 0..2^32-1
 * @returns draws of whole numbers in 0..2^32-1
 * @see harness/docs/sample-order.md; Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators (2021)
 */
export function portableDraws(seed: number): () => number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= uint32Span)
    throw new RangeError(`the seed ${seed} is no whole number in 0..2^32-1`);
  const word = seedWords(seed);
  let [a, b, c, d] = [word(1), word(2), word(3), word(4)];
  return () => {
    const scrambled = Math.imul(b, 5);
    const drawn = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return drawn;
  };
}

/**
 * The sample of each query: drawn with replacement, every sample equally likely (no modulo bias).
 *
 * @param seed - whole number in 0..2^32-1, stored with the run
 * @param sampleCount - whole number in 1..2^32-1
 * @returns the next sample index, in 0..sampleCount-1
 * @throws RangeError when a parameter is out of range
 * @see harness/docs/sample-order.md
 */
export function portableOrder(seed: number, sampleCount: number): () => number {
  if (!Number.isInteger(sampleCount) || sampleCount < 1 || sampleCount >= uint32Span)
    throw new RangeError(`the sample count ${sampleCount} is no whole number in 1..2^32-1`);
  const draw = portableDraws(seed);
  const fairSpan = uint32Span - (uint32Span % sampleCount);
  return () => {
    let drawn = draw();
    while (drawn >= fairSpan) drawn = draw();
    return drawn % sampleCount;
  };
}
