import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { boundedDraw } from './bounded-draw.ts';
import { canonicalDraw } from './canonical-draw.ts';
import { countingList } from './counting-list.ts';
import { libraryShuffle, skipLibraryShuffle } from './library-shuffle.ts';
import { mersenneDefaultSeed, mersenneTwister } from './mersenne-twister.ts';

const seed = fc.nat(4_294_967_295);

describe('mersenneTwister', () => {
  it('gives 4123659995 as its 10 000th number from seed 5489, as the C++ standard demands', () => {
    const { next } = mersenneTwister(mersenneDefaultSeed);
    for (let i = 1; i < 10_000; i += 1) next();
    expect(next()).toBe(4_123_659_995);
  });

  it('goes on in a clone without moving the original', () => {
    fc.assert(
      fc.property(seed, fc.nat(1500), (from, skipped) => {
        const draws = mersenneTwister(from);
        for (let i = 0; i < skipped; i += 1) draws.next();
        const clone = draws.clone();
        const ahead = Array.from({ length: 700 }, () => clone.next());
        expect(Array.from({ length: 700 }, () => draws.next())).toEqual(ahead);
      }),
      { numRuns: 20 },
    );
  });
});

describe('boundedDraw', () => {
  it('is the upper half of word times bound, drawn again while the lower half is unfair', () => {
    const word = fc.nat(4_294_967_295);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 4_294_967_295 }),
        (words, bound) => {
          const unfair = 2n ** 32n % BigInt(bound);
          const fair = words.find((drawn) => (BigInt(drawn) * BigInt(bound)) % 2n ** 32n >= unfair);
          fc.pre(fair !== undefined);
          const upper = Number((BigInt(fair ?? 0) * BigInt(bound)) >> 32n);
          const rest = [...words];
          expect(boundedDraw(() => rest.shift() ?? 0, bound)).toBe(upper);
        },
      ),
    );
  });
});

describe('canonicalDraw', () => {
  it('takes the low word first and stays below 1', () => {
    const of = (...words: number[]): number => canonicalDraw(() => words.shift() ?? 0);
    expect(of(0, 2_147_483_648)).toBe(0.5);
    expect(of(1, 0)).toBe(2 ** -64);
    expect(of(4_294_967_295, 4_294_967_295)).toBe(1 - 2 ** -53);
  });
});

describe('libraryShuffle', () => {
  it.each([0, 1, 2, 3, 10, 11, 65_535, 65_536, 70_001])(
    'permutes %i elements and draws as often as the skip',
    (length) => {
      const list = countingList(length);
      const draws = mersenneTwister(7);
      const skipping = draws.clone();
      libraryShuffle(list, draws.next);
      skipLibraryShuffle(length, skipping.next);
      expect(skipping.next()).toBe(draws.next());
      expect(list.toSorted()).toEqual(countingList(length));
    },
  );
});
