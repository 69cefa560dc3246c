import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { minMaxEnvelope } from './min-max-envelope.ts';

describe('the envelope of many samples', () => {
  it('draws 6 samples as 3 stretches of smallest, mean and largest', () => {
    expect(minMaxEnvelope([1, 3, 2, 2, 9, 5], 3)).toEqual([
      { place: 0.5, min: 1, max: 3, mean: 2 },
      { place: 2.5, min: 2, max: 2, mean: 2 },
      { place: 4.5, min: 5, max: 9, mean: 7 },
    ]);
  });

  it('leaves a gap where samples are lost', () => {
    const nan = Number.NaN;
    expect(minMaxEnvelope([1, nan, nan, nan, 4, 4], 3).map(({ place }) => place)).toEqual([
      0.5, 4.5,
    ]);
  });

  it('never hides a peak, whatever the samples are', () => {
    const samples = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 50 }), (values, bucketCount) => {
        const buckets = minMaxEnvelope(values, bucketCount);
        expect(Math.max(...buckets.map((bucket) => bucket.max))).toBe(Math.max(...values));
        expect(Math.min(...buckets.map((bucket) => bucket.min))).toBe(Math.min(...values));
        expect(buckets.length).toBeLessThanOrEqual(bucketCount);
      }),
    );
  });
});
