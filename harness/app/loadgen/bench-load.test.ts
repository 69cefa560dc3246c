import { expect, test } from 'vitest';

import { benchLoad, benchScenarios, isValidServerLoad, nullLoad } from './bench-load.ts';
import { startNullLoadThread } from './null-load-thread.ts';

const signal = AbortSignal.timeout(25_000);

test('every scenario runs on the null device, and only the server has a schedule to miss', async () => {
  const benches = await benchLoad({ qps: 2000, seconds: 0.1 }, signal);
  expect(benches.map(({ scenario }) => scenario)).toEqual(benchScenarios);
  for (const bench of benches) {
    expect(bench.queryCount).toBeGreaterThan(100);
    expect(bench.sampleCount).toBe(bench.queryCount * (bench.scenario === 'multi-stream' ? 8 : 1));
    expect(bench.server === undefined).toBe(bench.scenario !== 'server');
    expect(bench.firstIssueMs).toBeGreaterThan(0);
  }
});

test('one scenario alone is run alone', async () => {
  const benches = await benchLoad({ scenario: 'offline', qps: 1, seconds: 0.05 }, signal);
  expect(benches.map(({ scenario }) => scenario)).toEqual(['offline']);
});

test('a million queries and their rows leave less than a megabyte on the heap', async () => {
  await using thread = startNullLoadThread();
  // A machine that stands still for a second must not end it early.
  const changes = { outstandingCountMax: 1_048_576 };
  const load = nullLoad('server', { qps: 500_000, seconds: 2.1 }, changes);
  const outcome = await thread.run(load, signal);
  expect(outcome.tally.issuedCount).toBeGreaterThan(1_000_000);
  expect(outcome.heapGrowthBytes).toBeLessThan(1_000_000);
});

test('the same queries are issued whatever way the thread waits', async () => {
  await using thread = startNullLoadThread();
  const counts: number[] = [];
  for (const waiting of ['precise', 'sleep-only', 'timers'] as const) {
    const changes = { waiting, percentile: 0.5, targetLatencyNs: 20e9 };
    const load = nullLoad('server', { qps: 2000, seconds: 0.2 }, changes);
    const { tally, pacing } = await thread.run(load, signal);
    expect(pacing === null).toBe(waiting === 'timers');
    counts.push(tally.issuedCount);
  }
  expect(counts[1]).toBe(counts[0]);
  expect(counts[2]).toBe(counts[0]);
});

test('a load of the first query only ends after its first issue', async () => {
  await using thread = startNullLoadThread();
  const changes = { isFirstOnly: true, minQueryCount: 10_000_000 };
  const load = nullLoad('server', { qps: 1000, seconds: 10_000 }, changes);
  const outcome = await thread.run({ ...load, qps: 1 }, signal);
  expect(outcome.endedBy).toBe('aborted');
  expect(outcome.tally.issuedCount).toBeLessThan(10);
});

test.each([
  { issuedCount: 1000, overLimitCount: 2, endedBy: 'complete', isValid: true },
  { issuedCount: 1000, overLimitCount: 3, endedBy: 'complete', isValid: false },
  { issuedCount: 458, overLimitCount: 0, endedBy: 'complete', isValid: false },
  { issuedCount: 459, overLimitCount: 0, endedBy: 'complete', isValid: true },
  { issuedCount: 1000, overLimitCount: 11, endedBy: 'complete', isValid: false },
  { issuedCount: 1000, overLimitCount: 0, endedBy: 'max-duration', isValid: false },
] as const)(
  '$issuedCount queries, $overLimitCount late, ended by $endedBy: valid is $isValid',
  ({ issuedCount, overLimitCount, endedBy, isValid }) => {
    const tally = { issuedCount, overLimitCount };
    expect(isValidServerLoad({ endedBy, tally })).toBe(isValid);
  },
);

test('an abort is heard while the thread is busy', async () => {
  await using thread = startNullLoadThread();
  const abort = new AbortController();
  const running = thread.run(nullLoad('single-stream', { qps: 1, seconds: 20 }), abort.signal);
  abort.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
});
