import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { binomialCdf } from './binomial-cdf.ts';

/** The plain sum, exact in whole numbers, for a chance of `percent` in 100. */
function directCdf(hitCount: number, trialCount: number, percent: bigint): number {
  let sum = 0n;
  let choose = 1n;
  for (let hits = 0; hits <= Math.min(hitCount, trialCount); hits += 1) {
    sum += choose * percent ** BigInt(hits) * (100n - percent) ** BigInt(trialCount - hits);
    choose = (choose * BigInt(trialCount - hits)) / BigInt(hits + 1);
  }
  const scale = 10n ** 18n;
  return Number((sum * scale) / 100n ** BigInt(trialCount)) / 1e18;
}

describe('binomialCdf', () => {
  it('is the plain sum to 13 digits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 1, max: 99 }),
        (trialCount, hitCount, percent) => {
          const direct = directCdf(hitCount, trialCount, BigInt(percent));
          const ours = binomialCdf(hitCount, { trialCount, hitProbability: percent / 100 });
          expect(Math.abs(ours - direct)).toBeLessThan(1e-13);
        },
      ),
    );
  });

  it('at 1e7 fair trials gives half plus half of the middle term', () => {
    const middle = 1 / Math.sqrt(Math.PI * 5e6);
    const cdf = binomialCdf(5e6, { trialCount: 1e7, hitProbability: 0.5 });
    expect(cdf).toBeCloseTo(0.5 + middle / 2, 10);
  });

  it('keeps its relative precision far in the tail: 0.5 to the power of 1000', () => {
    const cdf = binomialCdf(0, { trialCount: 1000, hitProbability: 0.5 });
    expect(cdf / 2 ** -1000).toBeCloseTo(1, 12);
  });
});
