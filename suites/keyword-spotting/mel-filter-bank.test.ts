import { describe, expect, it } from 'vitest';

import { melFilterBank } from './mel-filter-bank.ts';

describe('mel filter bank', () => {
  const bank = melFilterBank({ filterCount: 40, bandHz: [20, 4000], binHz: 15.625 });

  it('has 40 filters, none of them empty, all weights in 0..1', () => {
    expect(bank).toHaveLength(40);
    for (const { weights } of bank) {
      expect(Math.max(...weights)).toBeGreaterThan(0);
      expect(Math.max(...weights)).toBeLessThanOrEqual(1);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
    }
  });

  it('reaches from above 20 Hz to at most 4 kHz', () => {
    const last = bank.at(-1);
    expect((bank[0]?.firstBin ?? 0) * 15.625).toBeGreaterThan(20);
    expect(((last?.firstBin ?? 0) + (last?.weights.length ?? 0) - 1) * 15.625).toBeLessThanOrEqual(
      4000,
    );
  });

  it('gives neighbours weights that add up to 1 at 1 kHz', () => {
    const weightSum = bank.reduce(
      (sum, { firstBin, weights }) => sum + (weights[64 - firstBin] ?? 0),
      0,
    );
    expect(weightSum).toBeCloseTo(1, 9);
  });
});
