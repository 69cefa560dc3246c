import { expect, test } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';

import type { ConcurrentDevice } from '../concurrent-device.ts';
import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadEnd } from '../load-end.ts';
import { memoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { evenSource } from '../testing/even-source.ts';
import { shortLimits } from '../testing/load-in-steps.ts';
import { rowCounts } from '../testing/row-counts.ts';
import { concurrentTarget } from './concurrent-target.ts';
import type { LoadScenario } from './load-core-options.ts';

interface Call {
  readonly samples: readonly number[];
  readonly atMs: number;
}

/** Answers every call after 10 ms, unless `special` says otherwise for a call. */
function device(
  clock: FakeClock,
  limits: { readonly inFlightCountMax: number; readonly batchSizeMax: number },
  special: (call: number, signal: AbortSignal) => Promise<never> | undefined = () => undefined,
): ConcurrentDevice & { readonly calls: readonly Call[]; readonly underWayMax: () => number } {
  const calls: Call[] = [];
  let underWay = 0;
  let most = 0;
  return {
    ...limits,
    calls,
    underWayMax: () => most,
    infer: async (samples, signal) => {
      calls.push({ samples, atMs: clock.nowNs() / 1e6 });
      underWay += 1;
      most = Math.max(most, underWay);
      try {
        await special(calls.length - 1, signal);
        await clock.sleep(10, signal);
        return samples.map((sample) => ({ output: Float32Array.of(sample) }));
      } finally {
        underWay -= 1;
      }
    },
  };
}

async function load(
  clock: FakeClock,
  asked: ConcurrentDevice,
  setup: {
    readonly scenario: LoadScenario;
    readonly samplesPerQuery?: number;
    readonly minQueryCount?: number;
    readonly betweenMs?: number;
  },
) {
  const { scenario, samplesPerQuery = 1, minQueryCount = 10, betweenMs = 0 } = setup;
  const limits = { ...shortLimits, minQueryCount, queryDeadlineMs: 100 };
  const rows = memoryRows();
  const run = async (): Promise<LoadEnd> => {
    await using target = concurrentTarget({
      device: asked,
      clock,
      samplesPerQuery,
      queryDeadlineMs: limits.queryDeadlineMs,
    });
    const { signal } = new AbortController();
    const source = evenSource({ samplesPerQuery, betweenMs, queryCountMax: minQueryCount });
    return await runLoad({ scenario, source, target, rows, clock, limits, signal });
  };
  const end = await clock.runUntil(run());
  return { end, rows };
}

test('offline samples go out in full batches, as many at once as the device allows', async () => {
  const clock = fakeClock();
  const asked = device(clock, { inFlightCountMax: 2, batchSizeMax: 4 });
  const { rows } = await load(clock, asked, { scenario: 'offline', minQueryCount: 10 });
  expect(asked.calls.map(({ samples }) => samples.length)).toEqual([4, 4, 2]);
  expect(asked.underWayMax()).toBe(2);
  expect(rowCounts(rows)).toEqual({ completed: 10 });
});

test('server queries overlap, each in a call of its own at its own time', async () => {
  const clock = fakeClock();
  const asked = device(clock, { inFlightCountMax: 8, batchSizeMax: 1 });
  const setup = { scenario: 'server', minQueryCount: 10, betweenMs: 2 } as const;
  const { rows } = await load(clock, asked, setup);
  expect(asked.calls.map(({ atMs }) => atMs)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(asked.underWayMax()).toBeGreaterThanOrEqual(5);
  expect(rowCounts(rows)).toEqual({ completed: 10 });
});

test('a multi-stream query with more samples than a call carries goes out in several at once', async () => {
  const clock = fakeClock();
  const asked = device(clock, { inFlightCountMax: 1, batchSizeMax: 3 });
  const setup = { scenario: 'multi-stream', samplesPerQuery: 8, minQueryCount: 2 } as const;
  const { rows } = await load(clock, asked, setup);
  expect(asked.calls.map(({ samples, atMs }) => [samples.length, atMs])).toEqual([
    [3, 0],
    [3, 0],
    [2, 0],
    [3, 10],
    [3, 10],
    [2, 10],
  ]);
  expect(rowCounts(rows)).toEqual({ completed: 2 });
});

test('a call that hangs loses its own query and holds up no other', async () => {
  const clock = fakeClock();
  const asked = device(clock, { inFlightCountMax: 2, batchSizeMax: 1 }, (call, signal) =>
    call === 0
      ? new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('told to stop')));
        })
      : undefined,
  );
  const { rows } = await load(clock, asked, {
    scenario: 'server',
    minQueryCount: 6,
    betweenMs: 15,
  });
  const counts = rowCounts(rows);
  expect(counts.completed).toBe(5);
  expect((counts.failed ?? 0) + (counts.lost ?? 0)).toBe(1);
});

test.each([
  { name: 'fails', special: () => Promise.reject(labError('network/server-error', 'no')) },
  { name: 'gives too few answers', special: undefined },
])('a call that $name fails its queries', async ({ special }) => {
  const clock = fakeClock();
  const honest = device(clock, { inFlightCountMax: 2, batchSizeMax: 5 }, special);
  const asked =
    special === undefined
      ? {
          ...honest,
          infer: async (samples: readonly number[], signal: AbortSignal) =>
            (await honest.infer(samples, signal)).slice(1),
        }
      : honest;
  const { rows } = await load(clock, asked, { scenario: 'offline', minQueryCount: 10 });
  expect(rowCounts(rows).completed).toBeUndefined();
  expect(rowCounts(rows).failed).toBeGreaterThanOrEqual(1);
});
