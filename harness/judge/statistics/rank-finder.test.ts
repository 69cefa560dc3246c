import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rankFinder, valuesAtRanks } from './rank-finder.ts';
import { percentileRank } from './rank.ts';
import { bucketLow, bucketOfHighWord, topBitsBucketCount, wordsOfValues } from './top-bits.ts';

/** Shows the values in pieces of a few. */
function scanOf(values: Float64Array): Parameters<typeof valuesAtRanks>[0] {
  return (show) => {
    for (let from = 0; from < values.length; from += 7) {
      const piece = values.slice(from, from + 7);
      show(piece, piece.length);
    }
  };
}

const valueArbitrary = fc.oneof(
  fc.nat(5),
  fc.integer({ min: 1_000_000, max: 1_000_003 }),
  fc.integer({ min: 0, max: 1_099_511_627_775 }),
  fc.constantFrom(0, 1, 4095, 4096, 8191, 8192, Number.MAX_SAFE_INTEGER),
);

describe('valuesAtRanks', () => {
  it('gives what a sort gives, with ties, over the whole range, for any ranks', () => {
    fc.assert(
      fc.property(
        fc.array(valueArbitrary, { minLength: 1, maxLength: 300 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 20 }),
        (list, shares) => {
          const values = Float64Array.from(list);
          const sorted = values.toSorted();
          const ranks = shares.map((share) => Math.floor(share * values.length));
          const found = valuesAtRanks(scanOf(values), () => ranks);
          for (const rank of ranks) expect(found.get(rank)).toBe(sorted[rank]);
        },
      ),
    );
  });

  it.each([
    { name: 'of 3000 neighbouring values', value: (i: number) => 1e9 + ((i * 7919) % 3000) },
    { name: 'of one value', value: () => 123_456_789_012 },
    { name: 'with a far outlier', value: (i: number) => (i === 0 ? 1e12 : 5e11 + (i % 1_299_709)) },
  ])('divides where 1.5 million values lie close together: $name', ({ value }) => {
    const values = Float64Array.from({ length: 1_500_000 }, (_, i) => value(i));
    const sorted = values.toSorted();
    const ranks = Array.from({ length: 501 }, (_, i) => Math.floor((i * 1_499_999) / 500));
    let scanCount = 0;
    const found = valuesAtRanks(
      (show) => {
        scanCount += 1;
        show(values, values.length);
      },
      () => ranks,
    );
    expect(ranks.map((rank) => found.get(rank))).toEqual(ranks.map((rank) => sorted[rank]));
    expect(scanCount).toBeLessThanOrEqual(4);
  });

  it('of no values and of no ranks is done after one scan', () => {
    expect(valuesAtRanks(scanOf(new Float64Array()), () => [])).toEqual(new Map());
    const finder = rankFinder();
    finder.want([]);
    expect(finder.isDone()).toBe(true);
  });

  it('refuses a rank that there is not', () => {
    expect(() => valuesAtRanks(scanOf(Float64Array.of(1, 2)), () => [2])).toThrow('every wanted');
  });
});

describe('top bits', () => {
  it('put a value into the bucket whose range it lies in', () => {
    fc.assert(
      fc.property(valueArbitrary, (value) => {
        const bucket = bucketOfHighWord(wordsOfValues(Float64Array.of(value))[1] ?? 0);
        expect(bucket).toBeLessThan(topBitsBucketCount);
        expect(bucketLow(bucket)).toBeLessThanOrEqual(value);
        expect(bucketLow(bucket + 1)).toBeGreaterThan(value);
      }),
    );
  });
});

describe('percentileRank', () => {
  it('takes percentiles as the decimals they are written as', () => {
    expect(percentileRank(100, 0.57)).toBe(57);
    expect(percentileRank(1000, 0.999)).toBe(999);
    expect(percentileRank(10, 0.9)).toBe(9);
    expect(percentileRank(1, 0.99)).toBe(0);
    expect(percentileRank(270_336, 0.99)).toBe(267_632);
    expect(percentileRank(3, 1 / 3)).toBe(1);
  });

  it('is floor(n p) in whole numbers up to 1e8', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000_000 }),
        fc.integer({ min: 0, max: 9999 }),
        (count, share) => {
          const exact = Number((BigInt(count) * BigInt(share)) / 10_000n);
          expect(percentileRank(count, share / 10_000)).toBe(exact);
        },
      ),
    );
  });
});
