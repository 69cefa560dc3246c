import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clusteringOf, isLevel, probeWindows, type ProbeWindows } from './probe-windows.ts';
import { seededUnit } from './testing/simulated-server.ts';
import { weighedDecision } from './weighed-decision.ts';

function filled(queryCount: number, late: (query: number) => boolean): ProbeWindows {
  const windows = probeWindows(10);
  for (let query = 0; query < queryCount; query += 1) windows.add(1, late(query) ? 1 : 0, 1e6);
  return windows;
}

describe('the windows of a probe', () => {
  it('are 16 to 32 of equal length, however many queries come, and lose none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 20_000 }),
        (size, count) => {
          const windows = probeWindows(size);
          for (let query = 0; query < count; query += 1)
            windows.add(1, query % 3 === 0 ? 1 : 0, query);
          expect(windows.queryCount()).toBe(count);
          const full = windows.fullCount();
          const length = windows.windowQueryCount();
          expect(full).toBe(Math.floor(count / length));
          expect(full).toBeGreaterThanOrEqual(Math.min(16, Math.floor(count / size)));
          const lateCount = windows.overCounts().reduce((sum, late) => sum + late, 0);
          expect(lateCount).toBe(Math.ceil((full * length) / 3));
          const meansNs = windows.latenciesNs();
          expect(Array.from(meansNs.subarray(0, 1))).toEqual(full > 0 ? [(length - 1) / 2] : []);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tell independent late queries, which are 1, from those of one stall, which come together', () => {
    const unit = seededUnit(7);
    expect(clusteringOf(filled(3200, () => unit() < 0.02))).toBeLessThan(2.5);
    expect(clusteringOf(filled(3200, (query) => query >= 1000 && query < 1064))).toBeGreaterThan(
      25,
    );
    expect(clusteringOf(filled(3200, () => false))).toBe(1);
  });

  it('tell a level from a walk', () => {
    const limits = { targetLatencyNs: 50e6, probeQueryCountMax: 60_000 };
    const levelOf = (latencyNs: (query: number) => number): boolean => {
      const windows = probeWindows(100);
      for (let query = 0; query < 3200; query += 1) windows.add(1, 0, latencyNs(query));
      return isLevel(windows, limits);
    };
    const unit = seededUnit(3);
    let walkNs = 20e6;
    expect(levelOf(() => 20e6 + unit() * 20e6)).toBe(true);
    expect(levelOf(() => (walkNs += (unit() - 0.45) * 1e6))).toBe(false);
    expect(levelOf((query) => 1e6 + query * 5000)).toBe(false);
    expect(levelOf((query) => 1e6 + query * 5)).toBe(true);
  });
});

describe('the decision on clustered counts', () => {
  const counts = { percentile: 0.99, errorProbability: 0.01, isLevel: true };
  it.each([
    { queryCount: 458, overCount: 0, clustering: 1, decision: 'undecided' },
    { queryCount: 459, overCount: 0, clustering: 1, decision: 'holds' },
    { queryCount: 661, overCount: 1, clustering: 1, decision: 'undecided' },
    { queryCount: 662, overCount: 1, clustering: 1, decision: 'holds' },
    { queryCount: 1000, overCount: 50, clustering: 1, decision: 'breaks' },
    { queryCount: 1000, overCount: 50, clustering: 50, decision: 'undecided' },
    { queryCount: 6619, overCount: 10, clustering: 10, decision: 'undecided' },
    { queryCount: 6620, overCount: 10, clustering: 10, decision: 'holds' },
    { queryCount: 0, overCount: 0, clustering: 1, decision: 'undecided' },
  ])(
    'of $queryCount with $overCount late, $clustering together: $decision',
    ({ queryCount, overCount, clustering, decision }) => {
      expect(weighedDecision({ ...counts, queryCount, overCount, clustering })).toBe(decision);
    },
  );

  it('holds only at a level', () => {
    const plenty = { queryCount: 5000, overCount: 0, clustering: 1 };
    expect(weighedDecision({ ...counts, ...plenty, isLevel: false })).toBe('undecided');
  });
});
