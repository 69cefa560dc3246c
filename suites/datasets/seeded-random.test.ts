import { describe, expect, it } from 'vitest';

import { seededRandom } from './seeded-random.ts';

describe('seeded random', () => {
  it('draws the same four numbers from the same two seed words', () => {
    const random = seededRandom([1, 2]);
    const draws = Array.from({ length: 4 }, () => random.nextUint32());
    expect(draws).toEqual([1_660_139_103, 807_767_127, 574_542_875, 1_125_323_317]);
  });

  it('draws other numbers when two seed words swap places', () => {
    expect(seededRandom([1, 2]).nextUint32()).not.toBe(seededRandom([2, 1]).nextUint32());
  });

  it('keeps 10000 uniform draws in [2, 5) with a mean near 3.5', () => {
    const random = seededRandom([3]);
    const draws = Array.from({ length: 10_000 }, () => random.between([2, 5]));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...draws)).toBeLessThan(5);
    expect(draws.reduce((sum, value) => sum + value, 0) / draws.length).toBeCloseTo(3.5, 1);
  });

  it('gives 20000 normal draws mean 0 and variance 1 within 0.03', () => {
    const random = seededRandom([4]);
    const draws = Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  it('draws each of 5 whole numbers about 2000 times in 10000', () => {
    const random = seededRandom([5]);
    const counts = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 10_000; draw += 1) {
      const value = random.below(5);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(5);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
