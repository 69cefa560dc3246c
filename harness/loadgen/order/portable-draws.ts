import { seedHalves } from './seed-halves.ts';

const seedStep = 0x9e3779b9;

/** Each use of a seed has its own draws, so that two uses of one seed have nothing in common. */
export const portableStreams = { order: 0, schedule: 1, accuracyLog: 2 } as const;

/** Spreads the bits of a word; a bijection that keeps 0. */
function spread(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Word `step` of the state: a counter from the seed's low half, and a multiple of its high half. */
function stateWord({ low, high }: { low: number; high: number }, step: number): number {
  const counted = spread((low + Math.imul(step, seedStep)) | 0);
  return counted ^ spread(Math.imul(high, Math.imul(2 * step - 1, seedStep)));
}

/**
 * The portable generator: xoshiro128** on 32-bit words, the same on every platform. Not for secrets.
 *
 * @param seed - decimal of a whole number in 0..2^64-1
 * @param stream - one of `portableStreams`
 * @returns draws of whole numbers in 0..2^32-1
 * @throws RangeError when the seed is none
 * @see harness/docs/sample-order.md; Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators (2021)
 */
export function portableDrawsOf(seed: string, stream: number): () => number {
  const halves = seedHalves(seed);
  const word = (step: number): number => stateWord(halves, 4 * stream + step);
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
