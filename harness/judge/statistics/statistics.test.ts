import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sumOf } from './compensated-sum.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';

describe('percentile', () => {
  it('takes sorted[floor(n * p)]: of 1..10 p50 is 6, p90 is 10', () => {
    const sorted = Float64Array.from({ length: 10 }, (_, index) => index + 1);
    expect(percentile(sorted, 5000)).toBe(6);
    expect(percentile(sorted, 9000)).toBe(10);
    expect(percentile(sorted, 0)).toBe(1);
  });

  it('takes rank 57 of 100 at p57, where 100 * 0.57 in floats is 56.99999999999999', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, index) => index);
    expect(percentile(sorted, 5700)).toBe(57);
  });

  it('has at most floor(n * p) values below it and more than that not above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1 }),
        fc.integer({ min: 0, max: 9999 }),
        (values, share) => {
          const value = percentile(Float64Array.from(values).toSorted(), share);
          const rank = Number((BigInt(values.length) * BigInt(share)) / 10_000n);
          const below = values.filter((other) => other < value).length;
          const notAbove = values.filter((other) => other <= value).length;
          expect(below).toBeLessThanOrEqual(rank);
          expect(notAbove).toBeGreaterThan(rank);
        },
      ),
    );
  });

  it('refuses no values and a share out of range', () => {
    expect(() => percentile(new Float64Array(), 5000)).toThrow(RangeError);
    expect(() => percentile(Float64Array.of(1), 10_000)).toThrow(RangeError);
    expect(() => percentile(Float64Array.of(1), 99.9)).toThrow(RangeError);
  });
});

describe('median', () => {
  it('is the middle of an odd number and the mean of the two middle ones of an even number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        expect(median(values.toReversed())).toBe(median(values));
      }),
    );
  });
});

describe('sumOf', () => {
  it('keeps the 1 that plain addition to 1e16 loses', () => {
    expect(sumOf([1e16, 1, -1e16])).toBe(1);
    expect(sumOf([])).toBe(0);
  });
});
