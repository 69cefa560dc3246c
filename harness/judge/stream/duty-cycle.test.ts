import { describe, expect, it } from 'vitest';

import { dutyCycleOf } from './duty-cycle.ts';

const ms = 1_000_000;

describe('the duty cycle', () => {
  it('is mean time on over mean period, and 1 / mean time on the throughput', () => {
    const startsNs = [0, 32, 64, 96].map((value) => value * ms);
    const stopsNs = [16, 50, 80, 114].map((value) => value * ms);
    expect(dutyCycleOf({ startsNs, stopsNs }, 100)).toEqual({
      frameCount: 4,
      meanOnNs: 17 * ms,
      meanPeriodNs: 32 * ms,
      dutyCycle: 17 / 32,
      periodVariation: 0,
      inferencesPerSecond: 1000 / 17,
    });
  });

  it('takes the first frames only, and tells how much their period varies', () => {
    const startsNs = [0, 32, 65, 95, 500].map((value) => value * ms);
    const stopsNs = [10, 42, 75, 105, 510].map((value) => value * ms);
    const found = dutyCycleOf({ startsNs, stopsNs }, 4);
    expect(found?.frameCount).toBe(4);
    expect(found?.periodVariation).toBeCloseTo(3 / (95 / 3), 12);
  });

  it('takes no frame that lacks an edge', () => {
    const startsNs = [0, 32, 64].map((value) => value * ms);
    expect(dutyCycleOf({ startsNs, stopsNs: [16 * ms, 80 * ms] }, 100)?.frameCount).toBe(2);
    expect(dutyCycleOf({ startsNs, stopsNs: [] }, 100)).toBeUndefined();
    expect(dutyCycleOf({ startsNs: [32 * ms], stopsNs: [16 * ms, 40 * ms] }, 9)).toBeUndefined();
  });
});
