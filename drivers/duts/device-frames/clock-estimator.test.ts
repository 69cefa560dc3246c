import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clockEstimator, type ClockEstimator, type ClockExchange } from './clock-estimator.ts';

/** A device whose counter is known at every instant of the run. */
interface Oscillator {
  readonly ticksPerSecond: bigint;
  readonly tickBits: number;
  readonly startTicks: bigint;
  readonly driftPpm: number;
}

const quartz: Oscillator = {
  ticksPerSecond: 1_000_000n,
  tickBits: 32,
  startTicks: 5000n,
  driftPpm: 0,
};

function ticksAt(
  { ticksPerSecond, tickBits, startTicks, driftPpm }: Oscillator,
  ns: number,
): bigint {
  const elapsed = (ns / 1e9) * Number(ticksPerSecond) * (1 + driftPpm / 1e6);
  return (startTicks + BigInt(Math.floor(elapsed))) & ((1n << BigInt(tickBits)) - 1n);
}

/** An exchange that needs `forthNs` to the device, 10 µs in it, and `backNs` home. */
function exchange(
  device: Oscillator,
  sentAtNs: number,
  [forthNs, backNs]: [number, number],
): ClockExchange {
  const arrivedAtNs = sentAtNs + forthNs;
  return {
    sentAtNs,
    receivedAtNs: arrivedAtNs + 10_000 + backNs,
    arrivedTicks: ticksAt(device, arrivedAtNs),
    handedOverTicks: ticksAt(device, arrivedAtNs + 10_000),
  };
}

/** An estimator after one exchange at each of these seconds, 100 µs each way. */
function followed(device: Oscillator, seconds: readonly number[]): ClockEstimator {
  const estimator = clockEstimator(device);
  for (const second of seconds) {
    expect(estimator.add(exchange(device, second * 1e9, [1e5, 1e5]))).toBe(true);
  }
  return estimator;
}

const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, second) => second);

describe('the clock estimator', () => {
  it('knows nothing before the first exchange', () => {
    const estimator = clockEstimator(quartz);
    expect(estimator.deviceClock()).toBeUndefined();
    expect(estimator.runNs(1n, 0)).toBeUndefined();
  });

  it('takes the exchange with the shortest round trip, half of which is the uncertainty', () => {
    const estimator = clockEstimator(quartz);
    for (const [index, way] of [9e5, 1e5, 5e5].entries()) {
      estimator.add(exchange(quartz, index * 1e6, [way, way]));
    }
    const clock = estimator.deviceClock();
    expect(clock).toMatchObject({ driftPpm: null, exchangeCount: 3, ticksPerSecond: 1e6 });
    expect(clock?.roundTripNs).toBeCloseTo(2e5, -1);
    expect(clock?.offsetNs).toBeCloseTo(5e6, -4);
    // 100 µs, and 500 ppm of the millisecond since.
    expect(clock?.offsetUncertaintyNs).toBeGreaterThanOrEqual(1e5);
    expect(clock?.offsetUncertaintyNs).toBeLessThan(1.02e5);
  });

  it('is never further off than it says, whichever way is the slow one', () => {
    const ways = fc.array(fc.tuple(fc.nat(2_000_000), fc.nat(2_000_000)), { minLength: 1 });
    fc.assert(
      fc.property(ways, fc.integer({ min: -90, max: 90 }), (trips, driftPpm) => {
        const device = { ...quartz, driftPpm };
        const estimator = clockEstimator(device);
        let lastNs = 0;
        for (const [index, way] of trips.entries()) {
          const one = exchange(device, index * 4e8, way);
          lastNs = (one.sentAtNs + one.receivedAtNs) / 2;
          expect(estimator.add(one)).toBe(true);
        }
        const clock = estimator.deviceClock();
        const trueOffsetNs = 5e6 + lastNs * driftPpm * 1e-6;
        const wrongNs = Math.abs((clock?.offsetNs ?? Number.NaN) - trueOffsetNs);
        // Two ticks of a microsecond are not resolved.
        expect(wrongNs).toBeLessThan((clock?.offsetUncertaintyNs ?? 0) + 3000);
      }),
    );
  });

  it.each([200, -200, 0])('measures a drift of %d ppm once exchanges lie apart', (driftPpm) => {
    const estimator = followed({ ...quartz, driftPpm }, upTo(10));
    expect(estimator.deviceClock()?.driftPpm).toBeCloseTo(driftPpm, 0);
  });

  it('tells no drift while the exchanges lie too close together', () => {
    expect(followed({ ...quartz, driftPpm: 200 }, [0, 0.5]).deviceClock()?.driftPpm).toBeNull();
  });

  it('follows 200 ppm to an instant between two exchanges', () => {
    const device = { ...quartz, driftPpm: 200 };
    const estimator = followed(device, upTo(20));
    for (const atNs of [19.5e9, 20.2e9]) {
      const runNs = estimator.runNs(ticksAt(device, atNs), atNs + 3e6);
      expect(Math.abs((runNs ?? 0) - atNs)).toBeLessThan(20_000);
    }
  });

  it('follows a counter of 16 bits through many wraps', () => {
    const device = { ...quartz, tickBits: 16, startTicks: 65_000n, driftPpm: 50 };
    const estimator = followed(device, upTo(30));
    const runNs = estimator.runNs(ticksAt(device, 30.01e9), 30.02e9);
    expect(Math.abs((runNs ?? 0) - 30.01e9)).toBeLessThan(20_000);
    expect(estimator.deviceClock()?.driftPpm).toBeCloseTo(50, 0);
  });

  it('follows a counter of 64 bits that wraps, in nanoseconds since 1970', () => {
    const device = { ...quartz, ticksPerSecond: 1_000_000_000n, tickBits: 64 };
    const near = { ...device, startTicks: (1n << 64n) - 1_000_000_000n };
    const runNs = followed(near, upTo(3)).runNs(ticksAt(near, 3.1e9), 3.1e9);
    expect(Math.abs((runNs ?? 0) - 3.1e9)).toBeLessThan(10_000);
    const since1970 = { ...device, startTicks: 1_800_000_000_123_456_789n };
    const offsetNs = followed(since1970, [0]).deviceClock()?.offsetNs ?? 0;
    expect(Math.abs(offsetNs - Number(1_800_000_000_123_456_789n))).toBeLessThan(1000);
  });

  it('refuses an exchange whose counter ran backwards or jumped, and stays where it was', () => {
    const estimator = followed(quartz, upTo(5));
    const before = estimator.deviceClock();
    const sound = exchange(quartz, 6e9, [1e5, 1e5]);
    const shifted = (ticks: bigint): ClockExchange => ({
      ...sound,
      arrivedTicks: sound.arrivedTicks + ticks,
      handedOverTicks: sound.handedOverTicks + ticks,
    });
    for (const ticks of [-1_000_000n, 1_000_000n])
      expect(estimator.add(shifted(ticks))).toBe(false);
    const within = { ...sound, handedOverTicks: sound.arrivedTicks - 20n };
    expect(estimator.add(within)).toBe(false);
    expect(estimator.deviceClock()).toEqual(before);
    expect(estimator.add(sound)).toBe(true);
  });

  it('holds a bounded number of exchanges in a run of a day', () => {
    const device = { ...quartz, driftPpm: -120 };
    const seconds = Array.from({ length: 8640 }, (_, index) => index * 10);
    const estimator = followed(device, seconds);
    expect(estimator.deviceClock()?.driftPpm).toBeCloseTo(-120, 1);
    expect(estimator.deviceClock()?.exchangeCount).toBe(8640);
  });
});
