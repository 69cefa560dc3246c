import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { portableDraws, portableOrder } from './portable-order.ts';

/** From harness/docs/sample-order.md, made with another program in another language. */
const golden = [
  {
    seed: 0,
    draws: [3_809_008_728, 1_133_695_204, 53_579_671, 2_891_528_803],
    of5: [3, 4, 1, 3, 1, 0, 2, 1, 1, 0],
    of1000: [728, 204, 671, 803, 546, 335, 812, 886],
    of3e9: [1_133_695_204, 53_579_671, 2_891_528_803],
  },
  {
    seed: 1,
    draws: [2_442_144_158, 3_238_099_751, 3_819_917_871, 2_104_621_829],
    of5: [3, 1, 1, 4, 1, 3, 0, 4, 0, 3],
    of1000: [158, 751, 871, 829, 66, 128, 730, 649],
    of3e9: [2_442_144_158, 2_104_621_829, 2_021_136_066],
  },
  {
    seed: 42,
    draws: [2_837_322_924, 544_945_897, 479_756_282, 3_500_138_142],
    of5: [4, 2, 2, 2, 0, 0, 1, 3, 4, 2],
    of1000: [924, 897, 282, 142, 180, 290, 186, 688],
    of3e9: [2_837_322_924, 544_945_897, 479_756_282],
  },
  {
    seed: 4_294_967_295,
    draws: [835_879_718, 1_921_286_648, 2_356_205_009, 1_885_780_724],
    of5: [3, 3, 4, 4, 1, 3, 2, 3, 4, 0],
    of1000: [718, 648, 9, 724, 116, 718, 737, 898],
    of3e9: [835_879_718, 1_921_286_648, 2_356_205_009],
  },
];

function taken(next: () => number, count: number): number[] {
  return Array.from({ length: count }, () => next());
}

describe('portableOrder', () => {
  it.each(golden)('gives the golden values of seed $seed', (row) => {
    expect(taken(portableDraws(row.seed), 4)).toEqual(row.draws);
    expect(taken(portableOrder(row.seed, 5), 10)).toEqual(row.of5);
    expect(taken(portableOrder(row.seed, 1000), 8)).toEqual(row.of1000);
    expect(taken(portableOrder(row.seed, 3_000_000_000), 3)).toEqual(row.of3e9);
  });

  it('stays below the sample count', () => {
    const seeds = fc.nat(4_294_967_295);
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4_294_967_295 }), (seed, sampleCount) => {
        for (const index of taken(portableOrder(seed, sampleCount), 20)) {
          expect(index).toBeGreaterThanOrEqual(0);
          expect(index).toBeLessThan(sampleCount);
        }
      }),
    );
  });

  it('gives each of 7 samples a seventh of 70 000 draws, to 5 %', () => {
    const counts = new Uint32Array(7);
    for (const index of taken(portableOrder(7, 7), 70_000))
      counts[index] = (counts[index] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(9500);
    expect(Math.max(...counts)).toBeLessThan(10_500);
  });

  it('refuses a seed or a sample count out of range', () => {
    expect(() => portableOrder(-1, 5)).toThrow(RangeError);
    expect(() => portableOrder(4_294_967_296, 5)).toThrow(RangeError);
    expect(() => portableOrder(0.5, 5)).toThrow(RangeError);
    expect(() => portableOrder(1, 0)).toThrow(RangeError);
  });
});
