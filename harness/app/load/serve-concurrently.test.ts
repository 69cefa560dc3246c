import { expect, test } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import type { ConcurrentDevice } from '#harness/loadgen/concurrent-device.ts';

import { completionRingReader, emptyCompletion, type Completion } from './completion-ring.ts';
import { errorInSlot } from './error-table.ts';
import { issueRingWriter } from './issue-ring.ts';
import { bridgeControl, createLoadBridge, type LoadBridge } from './load-bridge.ts';
import { serveConcurrently } from './serve-concurrently.ts';

const clock = systemClock();

/** Queries from `firstQueryId` on with these samples, one each. */
function pushQueries(bridge: LoadBridge, firstQueryId: number, samples: readonly number[]): void {
  const queries = { firstQueryId, queryCount: samples.length, samples: Uint32Array.from(samples) };
  expect(issueRingWriter(bridge.issues).push(queries)).toBe(samples.length);
  bridgeControl(bridge).deviceBell.ring();
}

async function answersOf(bridge: LoadBridge, count: number): Promise<Completion[]> {
  const reader = completionRingReader(bridge.completions);
  const answers: Completion[] = [];
  while (answers.length < count) {
    const completion = emptyCompletion();
    if (reader.take(completion)) answers.push(completion);
    else await clock.sleep(1);
  }
  return answers;
}

function serve(bridge: LoadBridge, device: ConcurrentDevice) {
  const abort = new AbortController();
  const options = { bridge, device, clock, queryDeadlineMs: 60, signal: abort.signal };
  return { served: serveConcurrently(options), abort };
}

const answer = { output: Float32Array.of(1) };

test('queries that are under way together end in the order of their answers', async () => {
  const bridge = createLoadBridge(8, 1);
  const open: PromiseWithResolvers<void>[] = [];
  const { served } = serve(bridge, {
    inFlightCountMax: 3,
    batchSizeMax: 1,
    infer: async ([sampleIndex = 0]) => {
      const gate = Promise.withResolvers<void>();
      open[sampleIndex] = gate;
      await gate.promise;
      return [{ ...answer, deviceDurationNs: sampleIndex }];
    },
  });
  pushQueries(bridge, 0, [0, 1, 2, 3]);
  while (open.length < 3) await clock.sleep(1);
  expect(open[3]).toBeUndefined();
  open[1]?.resolve();
  while (open.length < 4) await clock.sleep(1);
  for (const gate of open) gate.resolve();
  const answers = await answersOf(bridge, 4);
  bridgeControl(bridge).end();
  expect(await served).toEqual({ completedCount: 4, failedCount: 0, hung: false });
  expect(answers[0]).toMatchObject({ queryId: 1, deviceDurationNs: 1, errorSlot: -1 });
  expect(new Set(answers.map(({ queryId }) => queryId))).toEqual(new Set([0, 1, 2, 3]));
});

test('a query that hangs fails at its deadline while the others are answered', async () => {
  const bridge = createLoadBridge(8, 1);
  const { served } = serve(bridge, {
    inFlightCountMax: 2,
    batchSizeMax: 1,
    infer: ([sampleIndex], signal) =>
      sampleIndex === 0
        ? new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('told to stop')));
          })
        : Promise.resolve([answer]),
  });
  pushQueries(bridge, 0, [0, 1, 2, 3]);
  const answers = await answersOf(bridge, 4);
  bridgeControl(bridge).end();
  expect(await served).toEqual({ completedCount: 3, failedCount: 1, hung: false });
  const late = answers.at(-1);
  expect(late).toMatchObject({ queryId: 0, errorSlot: 0 });
  expect(errorInSlot(bridge.errors, 0)).toMatchObject({ code: 'dut/timeout' });
});

test('a refused query fails with its own error, and an abort ends it all', async () => {
  const bridge = createLoadBridge(8, 1);
  const { served, abort } = serve(bridge, {
    inFlightCountMax: 2,
    batchSizeMax: 1,
    infer: () => Promise.reject(labError('network/server-error', 'no')),
  });
  pushQueries(bridge, 7, [0]);
  const [refused] = await answersOf(bridge, 1);
  expect(refused).toMatchObject({ queryId: 7, errorSlot: 0 });
  expect(errorInSlot(bridge.errors, 0)).toMatchObject({ code: 'network/server-error' });
  abort.abort();
  expect(await served).toMatchObject({ failedCount: 1 });
});
