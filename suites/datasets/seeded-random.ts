/** The lower and the upper end of a range that chance draws from. */
export type DrawRange = readonly [lower: number, upper: number];

/** A stream of chance that a seed fixes; every draw moves it on. */
export interface SeededRandom {
  /** A whole number in 0..2^32-1. */
  readonly nextUint32: () => number;
  /** Uniform in [lower, upper). */
  readonly between: (range: DrawRange) => number;
  /** A whole number in 0..count-1; `count` in 1..65536, so that the bias stays under 1 in 65536. */
  readonly below: (count: number) => number;
  /** True with this probability. */
  readonly chance: (probability: number) => boolean;
  /** Mean 0, standard deviation 1, nearly normal (the sum of four uniforms), within -3.47..3.47. */
  readonly normal: () => number;
}

const uint32Span = 4_294_967_296;

/** One step of the murmur3 finaliser over a running state: spreads each seed word over all bits. */
function mixed(state: number, word: number): number {
  let h = Math.imul((state ^ word) + 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Four state words that are not all zero, each from all the seed words. */
function stateOf(seedWords: readonly number[]): Uint32Array {
  const state = new Uint32Array(4);
  for (let lane = 0; lane < 4; lane += 1) {
    let hash = 0x243f6a88 + lane;
    for (const word of seedWords) hash = mixed(hash, word);
    state[lane] = mixed(hash, lane) || 1;
  }
  return state;
}

/** The generator alone: xoshiro128** on four 32-bit words. */
function xoshiro128(seedWords: readonly number[]): () => number {
  const [s0 = 1, s1 = 1, s2 = 1, s3 = 1] = stateOf(seedWords);
  let a = s0 | 0;
  let b = s1 | 0;
  let c = s2 | 0;
  let d = s3 | 0;
  return () => {
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/**
 * Chance from a seed: the same words give the same draws on every platform. Not for secrets.
 *
 * @param seedWords - whole numbers in 0..2^32-1, in an order that matters
 * @see Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators (2021), xoshiro128**
 */
export function seededRandom(seedWords: readonly number[]): SeededRandom {
  const nextUint32 = xoshiro128(seedWords);
  const unit = (): number => nextUint32() / uint32Span;
  return {
    nextUint32,
    between: ([lower, upper]) => lower + (upper - lower) * unit(),
    below: (count) => Math.floor(unit() * count),
    chance: (probability) => unit() < probability,
    normal: () => {
      const first = nextUint32();
      const second = nextUint32();
      const sum = (first & 0xffff) + (first >>> 16) + (second & 0xffff) + (second >>> 16);
      return (sum / 65_536 - 2) * 1.7320508075688772;
    },
  };
}
