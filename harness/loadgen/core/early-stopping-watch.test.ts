import { expect, it } from 'vitest';

import { earlyStoppingWatch } from './early-stopping-watch.ts';
import type { LoadTally } from './load-core-options.ts';

function tally(completedCount: number, overLimitCount: number, lostCount = 0): LoadTally {
  return {
    issuedCount: completedCount + lostCount,
    completedCount,
    failedCount: 0,
    lostCount,
    lateCount: 0,
    duplicateCount: 0,
    unknownCount: 0,
    overLimitCount,
    timedNs: 0,
    lastScheduledAtNs: 0,
  };
}

it('is settled from the counts of the sheet on: 459, 662 and 838 queries for 0, 1 and 2 over the limit', () => {
  for (const [overLimitCount, needed] of [
    [0, 459],
    [1, 662],
    [2, 838],
  ] as const) {
    const watch = earlyStoppingWatch(0.99);
    expect(watch.isSettled(tally(needed - 1, overLimitCount))).toBe(false);
    expect(watch.isSettled(tally(needed, overLimitCount))).toBe(true);
  }
});

it('asks for more when more are over the limit meanwhile, and counts lost queries', () => {
  const watch = earlyStoppingWatch(0.99);
  expect(watch.isSettled(tally(458, 0))).toBe(false);
  expect(watch.isSettled(tally(459, 1))).toBe(false);
  expect(watch.isSettled(tally(661, 1))).toBe(false);
  expect(watch.isSettled(tally(661, 1, 1))).toBe(true);
});

it('is settled when no number of queries can be enough, and not before any has ended', () => {
  const watch = earlyStoppingWatch(0.99);
  expect(watch.isSettled(tally(0, 0))).toBe(false);
  expect(watch.isSettled(tally(100, 1))).toBe(true);
  expect(watch.isSettled(tally(101, 1))).toBe(false);
});
