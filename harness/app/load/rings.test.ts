import { MessageChannel, Worker } from 'node:worker_threads';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { completionRingReader, completionRingWriter, emptyCompletion } from './completion-ring.ts';
import { createCompletionRing } from './completion-ring.ts';
import { createIssueRing, issueRingReader, issueRingWriter } from './issue-ring.ts';
import { bridgeControl, createLoadBridge } from './load-bridge.ts';
import type { EchoTask } from './testing/echo-device-entry.ts';

let echo: Worker;

beforeAll(() => {
  echo = new Worker(new URL('testing/echo-device-entry.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
});

afterAll(async () => {
  await echo.terminate();
});

/** Sample k of query q in these tests. */
const sampleOf = (queryId: number, k: number): number => ((queryId * 2_654_435_761) >>> 8) + k;

test('a ring of 4 takes 4 of 6 queries, then as many as were read, and keeps their order', () => {
  const ring = createIssueRing(4, 2);
  const writer = issueRingWriter(ring);
  const reader = issueRingReader(ring);
  const samples = Uint32Array.from({ length: 12 }, (_none, index) => 100 + index);
  expect(writer.push({ firstQueryId: 7, queryCount: 6, samples })).toBe(4);
  expect(writer.push({ firstQueryId: 11, queryCount: 2, samples })).toBe(0);
  const taken = new Uint32Array(2);
  expect(reader.take(taken)).toBe(7);
  expect([...taken]).toEqual([100, 101]);
  expect(writer.push({ firstQueryId: 11, queryCount: 2, samples: samples.subarray(8) })).toBe(1);
  const numbers = [8, 9, 10, 11, -1].map((expected) => [expected, reader.take(taken)]);
  for (const [expected, queryId] of numbers) expect(queryId).toBe(expected);
  expect([...taken]).toEqual([108, 109]);
});

test('an answer keeps every field, and a full ring refuses the next', () => {
  const ring = createCompletionRing(2);
  const writer = completionRingWriter(ring);
  const reader = completionRingReader(ring);
  const answer = {
    queryId: 4_294_967_295,
    errorSlot: -1,
    atNs: 8_640_000_000_000_001,
    deviceDurationNs: 0.5,
    firstTokenAtNs: Number.NaN,
    tokenCount: 3,
  };
  expect([writer.push(answer), writer.push(answer), writer.push(answer)]).toEqual([
    true,
    true,
    false,
  ]);
  const read = emptyCompletion();
  expect(reader.take(read)).toBe(true);
  expect(read).toEqual(answer);
  expect([reader.take(read), reader.take(read)]).toEqual([true, false]);
});

/** Sends queries in batches through the thread and back. @returns every answer, as [number, sum, first] */
async function roundTrip(plan: {
  readonly queryCount: number;
  readonly capacity: number;
  readonly samplesPerQuery: number;
  readonly batchCount: number;
}): Promise<number[][]> {
  const { queryCount, capacity, samplesPerQuery, batchCount } = plan;
  const bridge = createLoadBridge(capacity, samplesPerQuery);
  const { port1, port2 } = new MessageChannel();
  const done = new Promise((resolve) => {
    port1.once('message', resolve);
  });
  const task: EchoTask = { bridge, queryCount, port: port2 };
  echo.postMessage(task, [port2]);
  const writer = issueRingWriter(bridge.issues);
  const reader = completionRingReader(bridge.completions);
  const { deviceBell, issuerBell } = bridgeControl(bridge);
  const samples = new Uint32Array(batchCount * samplesPerQuery);
  const completion = emptyCompletion();
  const answers: number[][] = [];
  for (let issuedCount = 0; answers.length < queryCount;) {
    const ticket = issuerBell.ticket();
    const count = Math.min(batchCount, queryCount - issuedCount);
    for (let index = 0; index < count * samplesPerQuery; index += 1) {
      const queryId = issuedCount + Math.floor(index / samplesPerQuery);
      samples[index] = sampleOf(queryId, index % samplesPerQuery);
    }
    const taken = writer.push({ firstQueryId: issuedCount, queryCount: count, samples });
    issuedCount += taken;
    if (taken > 0) deviceBell.ring();
    let heard = 0;
    while (reader.take(completion)) {
      heard += 1;
      answers.push([completion.queryId, completion.atNs, completion.tokenCount]);
    }
    if (taken === 0 && heard === 0) issuerBell.sleep(10e6, ticket);
  }
  await done;
  port1.close();
  return answers;
}

test('between two threads every query arrives once, in order and whole, whatever the sizes', async () => {
  const plans = fc.record({
    queryCount: fc.integer({ min: 1, max: 3000 }),
    capacity: fc.integer({ min: 1, max: 300 }),
    samplesPerQuery: fc.integer({ min: 1, max: 9 }),
    batchCount: fc.integer({ min: 1, max: 64 }),
  });
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const answers = await roundTrip(plan);
      const expected = Array.from({ length: plan.queryCount }, (_none, queryId) => {
        const samples = Array.from({ length: plan.samplesPerQuery }, (_k, k) =>
          sampleOf(queryId, k),
        );
        return [queryId, samples.reduce((sum, sample) => sum + sample, 0), samples[0]];
      });
      expect(answers).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('a ring holds at most 64 MiB of samples and 65536 queries', () => {
  expect(createLoadBridge(1_048_576, 1).issues.capacity).toBe(65_536);
  expect(createLoadBridge(100, 1).issues.capacity).toBe(128);
  const wide = createLoadBridge(1_048_576, 1024).issues;
  expect(wide.memory.byteLength).toBeLessThanOrEqual(64 * 2 ** 20 + 128);
});
