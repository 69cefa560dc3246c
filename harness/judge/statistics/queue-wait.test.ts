import { describe, expect, it } from 'vitest';

import { holdingLoad, longerWaitShare } from './queue-wait.ts';

describe('longerWaitShare', () => {
  it('is the share that waits at all when nothing may wait: the load', () => {
    expect(longerWaitShare(0.3, 0)).toBeCloseTo(0.3, 12);
  });

  it('of one service time at half load is 1 - (e^0.5 - 0.5) / 2 + …, by hand', () => {
    // (1 - r) (e^r + (0)^1): the second term is 0 at exactly one service time.
    expect(longerWaitShare(0.5, 1)).toBeCloseTo(1 - 0.5 * Math.exp(0.5), 12);
  });

  it('falls with the wait and rises with the load, where the two formulas meet too', () => {
    for (const load of [0.1, 0.5, 0.9]) {
      let before = 1;
      for (let services = 0; services < 20; services += 0.25) {
        const share = longerWaitShare(load, services);
        expect(share).toBeLessThanOrEqual(before + 1e-6);
        before = share;
      }
    }
  });

  it('is met by the load that holds', () => {
    const load = holdingLoad(3, 0.005);
    expect(longerWaitShare(load, 3)).toBeLessThanOrEqual(0.005);
    expect(longerWaitShare(load + 0.002, 3)).toBeGreaterThan(0.005);
  });
});
