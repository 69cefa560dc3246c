import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  earlyStopping,
  earlyStoppingOverCount,
  earlyStoppingQueryCount,
  limitEarlyStopping,
  underLatencyCountNeeded,
} from './early-stopping.ts';

/** Typed from the protocol sheet "load generation", section 1. */
const table = [
  { p: 0.9, h0: 44, n1: 64, n2: 81, h10: 187, h100: 1146, h1000: 9722 },
  { p: 0.95, h0: 90, n1: 130, n2: 165, h10: 388, h100: 2404, h1000: 20_483 },
  { p: 0.97, h0: 152, n1: 219, n2: 277, h10: 657, h100: 4082, h1000: 34_831 },
  { p: 0.99, h0: 459, n1: 662, n2: 838, h10: 2000, h100: 12_471, h1000: 106_569 },
  { p: 0.999, h0: 4603, n1: 6636, n2: 8403, h10: 20_130, h100: 125_726, h1000: 1_075_032 },
];
const overCounts = [
  { p: 0.9, t: [78, 2348, 26_670] },
  { p: 0.95, t: [34, 1149, 13_253] },
  { p: 0.97, t: [17, 675, 7903] },
  { p: 0.99, t: [2, 209, 2583] },
];

/** P[Binomial(n, 1 - k/100) <= t] * 100^n, exactly. */
function scaledCdf(n: number, t: number, k: bigint): bigint {
  let sum = 0n;
  let choose = 1n;
  for (let hits = 0; hits <= t; hits += 1) {
    sum += choose * (100n - k) ** BigInt(hits) * k ** BigInt(n - hits);
    choose = (choose * BigInt(n - hits)) / BigInt(hits + 1);
  }
  return sum;
}

/** n >= h(t) + t by whole numbers only. */
function provesExactly(n: number, t: number, k: bigint): boolean {
  return scaledCdf(n, t, k) * 100n <= 100n ** BigInt(n);
}

describe('early stopping', () => {
  it.each(table)('needs the counts of the sheet at p = $p', (row) => {
    expect(underLatencyCountNeeded(row.p, 0)).toBe(row.h0);
    expect(underLatencyCountNeeded(row.p, 1) + 1).toBe(row.n1);
    expect(earlyStoppingQueryCount(row.p)).toBe(row.n1);
    expect(underLatencyCountNeeded(row.p, 2) + 2).toBe(row.n2);
    expect(underLatencyCountNeeded(row.p, 10)).toBe(row.h10);
    expect(underLatencyCountNeeded(row.p, 100)).toBe(row.h100);
    expect(underLatencyCountNeeded(row.p, 1000)).toBe(row.h1000);
    expect(row.h0).toBe(Math.ceil(Math.log(0.01) / Math.log(row.p)));
  });

  it.each(overCounts)('allows t = $t of 1000, 24576 and 270336 queries at p = $p', ({ p, t }) => {
    expect([1000, 24_576, 270_336].map((n) => earlyStoppingOverCount(p, n))).toEqual(t);
  });

  it('agrees with the direct binomial sum in small cases', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 250 }), fc.integer({ min: 60, max: 99 }), (n, k) => {
        let t = 0;
        while (provesExactly(n, t + 1, BigInt(k))) t += 1;
        expect(earlyStoppingOverCount(k / 100, n)).toBe(t === 0 ? undefined : t);
      }),
    );
  });

  it('stays at n >= h(t) + t and n < h(t + 1) + t + 1 up to 1e7 queries', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 10_000_000 }),
        fc.constantFrom(0.5, 0.9, 0.99, 0.999),
        (n, p) => {
          const t = earlyStoppingOverCount(p, n) ?? Number.NaN;
          expect(underLatencyCountNeeded(p, t) + t).toBeLessThanOrEqual(n);
          expect(underLatencyCountNeeded(p, t + 1) + t + 1).toBeGreaterThan(n);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('of 63 queries needs one more, of 64 states the largest, of 81 the second largest', () => {
    const sorted = Float64Array.from({ length: 81 }, (_, index) => index + 1);
    const missing = { met: false, latencyNs: null, queriesNeeded: 1 };
    expect(earlyStopping(sorted.subarray(0, 63), 0.9)).toMatchObject(missing);
    expect(earlyStopping(sorted.subarray(0, 64), 0.9)).toMatchObject({ met: true, latencyNs: 64 });
    expect(earlyStopping(sorted, 0.9)).toMatchObject({ latencyNs: 80, queriesNeeded: 0 });
    expect(earlyStopping(new Float64Array(), 0.9)).toMatchObject({ met: false, queriesNeeded: 64 });
  });

  it.each(table)('passes a limit with t over it from h(t) + t queries on at p = $p', (row) => {
    const counts = [
      [0, row.h0],
      [1, row.n1],
      [2, row.n2],
      [10, row.h10 + 10],
      [100, row.h100 + 100],
      [1000, row.h1000 + 1000],
    ] as const;
    for (const [overCount, needed] of counts) {
      const enough = limitEarlyStopping(row.p, { queryCount: needed, overCount });
      expect(enough).toMatchObject({ met: true, queriesNeeded: 0, latencyNs: null });
      const short = limitEarlyStopping(row.p, { queryCount: needed - 1, overCount });
      expect(short).toMatchObject({ met: false, queriesNeeded: 1 });
    }
  });

  it('of a limit agrees with the direct binomial sum in small cases', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 60, max: 99 }),
        fc.nat(20),
        (queryCount, k, t) => {
          const overCount = Math.min(t, queryCount);
          const { met } = limitEarlyStopping(k / 100, { queryCount, overCount });
          expect(met).toBe(provesExactly(queryCount, overCount, BigInt(k)));
        },
      ),
    );
  });
});
