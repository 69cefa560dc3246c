/** Whole numbers in 0..2^32-1, one after the other. */
export interface Draws {
  readonly next: () => number;
  /** The same numbers from here on, drawn independently. */
  readonly clone: () => Draws;
}

const wordCount = 624;
const middle = 397;

function seededState(seed: number): Int32Array {
  const state = new Int32Array(wordCount);
  let word = seed | 0;
  for (let i = 0; i < wordCount; i += 1) {
    if (i > 0) word = (Math.imul(word ^ (word >>> 30), 1_812_433_253) + i) | 0;
    state[i] = word;
  }
  return state;
}

/** The word that follows from a word's highest bit, its neighbour's other bits, and the word in the middle. */
function twisted(word: number, neighbour: number, other: number): number {
  const joined = (word & 0x80000000) | (neighbour & 0x7fffffff);
  return other ^ (joined >>> 1) ^ (-(joined & 1) & 0x9908b0df);
}

function twist(state: Int32Array): void {
  for (let i = 0; i < wordCount; i += 1) {
    const neighbour = state[i + 1 === wordCount ? 0 : i + 1] ?? 0;
    const other = state[i < wordCount - middle ? i + middle : i + middle - wordCount] ?? 0;
    state[i] = twisted(state[i] ?? 0, neighbour, other);
  }
}

function drawsFrom(state: Int32Array, startIndex: number): Draws {
  let index = startIndex;
  return {
    next: () => {
      if (index === wordCount) {
        twist(state);
        index = 0;
      }
      let word = state[index] ?? 0;
      index += 1;
      word ^= word >>> 11;
      word ^= (word << 7) & 0x9d2c5680;
      word ^= (word << 15) & 0xefc60000;
      return (word ^ (word >>> 18)) >>> 0;
    },
    clone: () => drawsFrom(state.slice(), index),
  };
}

/** The seed that the C++ standard gives to a generator without one. */
export const mersenneDefaultSeed = 5489;

/**
 * MT19937, the 32-bit Mersenne Twister. No allocation per draw.
 *
 * @param seed - whole number in 0..2^32-1
 * @see Matsumoto and Nishimura, Mersenne Twister (1998), with the single-word initialisation of 2002
 */
export function mersenneTwister(seed: number): Draws {
  return drawsFrom(seededState(seed), wordCount);
}
