import fc from 'fast-check';
import { expect, test } from 'vitest';

import { durationCounts } from './duration-counts.ts';

test('nothing counted has no durations', () => {
  const counts = durationCounts();
  expect([counts.count(), counts.quantileNs(0.99), counts.maxNs()]).toEqual([0, 0, 0]);
});

test('a quantile is the upper edge of its microsecond, and the longest beyond 4 ms', () => {
  const counts = durationCounts();
  for (let index = 0; index < 99; index += 1) counts.add(1500);
  counts.add(7_000_123);
  expect(counts.quantileNs(0.5)).toBe(2000);
  expect(counts.quantileNs(0.98)).toBe(2000);
  expect(counts.quantileNs(0.99)).toBe(7_000_123);
  expect(counts.maxNs()).toBe(7_000_123);
});

test('a quantile lies less than a microsecond above the value of its rank', () => {
  const durations = fc.array(fc.integer({ min: 0, max: 4_000_000 }), { minLength: 1 });
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (durationsNs, share) => {
      const counts = durationCounts();
      for (const durationNs of durationsNs) counts.add(durationNs);
      const sorted = durationsNs.toSorted((a, b) => a - b);
      const rank = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
      const gap = counts.quantileNs(share) - (sorted[rank] ?? 0);
      expect(gap).toBeGreaterThanOrEqual(0);
      expect(gap).toBeLessThanOrEqual(1000);
    }),
  );
});
