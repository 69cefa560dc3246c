import { expect, test } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { completionRingReader, emptyCompletion, type Completion } from './completion-ring.ts';
import { errorInSlot } from './error-table.ts';
import { issueRingWriter } from './issue-ring.ts';
import { bridgeControl, createLoadBridge, type LoadBridge } from './load-bridge.ts';
import { serveQueries, type ServeOptions, type ServedTarget } from './serve-queries.ts';

const clock = systemClock();

/** Queries 0, 1, 2 … with these samples, one each. */
function pushQueries(bridge: LoadBridge, samples: readonly number[]): void {
  const { samplesPerQuery } = bridge.issues;
  const queries = {
    firstQueryId: 0,
    queryCount: samples.length / samplesPerQuery,
    samples: Uint32Array.from(samples),
  };
  expect(issueRingWriter(bridge.issues).push(queries)).toBe(queries.queryCount);
  bridgeControl(bridge).deviceBell.ring();
}

/** Waits for that many answers, without blocking. */
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

function optionsOf(bridge: LoadBridge, target: ServedTarget): ServeOptions {
  const { signal } = new AbortController();
  return { bridge, target, clock, queryDeadlineMs: 50, signal };
}

/** Settles when the signal aborts. */
function untilAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('told to stop')), { once: true });
  });
}

test('queries are loaded and inferred one after the other, and the answer tells what the device told', async () => {
  const bridge = createLoadBridge(8, 2);
  const calls: string[] = [];
  const served = serveQueries(
    optionsOf(bridge, {
      stage: async (sampleIndex) => void calls.push(`load ${sampleIndex}`),
      issue: async (sampleIndex) => {
        calls.push(`infer ${sampleIndex}`);
        const tokens = { ids: [1, 2, 3], firstTokenAtNs: 77 };
        return sampleIndex === 4 ? { deviceDurationNs: 123, tokens } : {};
      },
    }),
  );
  const beforeNs = clock.nowNs();
  pushQueries(bridge, [1, 2, 3, 4]);
  const answers = await answersOf(bridge, 2);
  bridgeControl(bridge).end();
  expect(await served).toEqual({ completedCount: 2, failedCount: 0, hung: false });
  expect(calls).toEqual([1, 2, 3, 4].flatMap((index) => [`load ${index}`, `infer ${index}`]));
  const plain = { errorSlot: -1, deviceDurationNs: NaN, firstTokenAtNs: NaN, tokenCount: 0 };
  expect(answers[0]).toMatchObject({ queryId: 0, ...plain });
  const told = { deviceDurationNs: 123, firstTokenAtNs: 77, tokenCount: 3 };
  expect(answers[1]).toMatchObject({ queryId: 1, errorSlot: -1, ...told });
  for (const { atNs } of answers) expect(atNs).toBeGreaterThan(beforeNs);
});

test('a refused query fails with its error, and the device is asked the next', async () => {
  const bridge = createLoadBridge(8, 1);
  const served = serveQueries(
    optionsOf(bridge, {
      stage: async () => undefined,
      issue: async (sampleIndex) => {
        if (sampleIndex === 5) throw labError('dut/garbled-reply', 'not what was asked');
        return {};
      },
    }),
  );
  pushQueries(bridge, [4, 5, 6]);
  const answers = await answersOf(bridge, 3);
  bridgeControl(bridge).end();
  expect(await served).toEqual({ completedCount: 2, failedCount: 1, hung: false });
  expect(answers.map(({ errorSlot }) => errorSlot)).toEqual([-1, 0, -1]);
  expect(errorInSlot(bridge.errors, 0)).toMatchObject({ code: 'dut/garbled-reply' });
});

test.each([
  { name: 'hears its abort', hang: untilAbort },
  { name: 'hears nothing', hang: (): Promise<never> => new Promise(() => undefined) },
])(
  'a device that hangs and $name fails the query at its deadline and is not asked again',
  async ({ hang }) => {
    const bridge = createLoadBridge(8, 1);
    let askedCount = 0;
    const served = serveQueries(
      optionsOf(bridge, {
        stage: async () => undefined,
        issue: (_sampleIndex, signal) => {
          askedCount += 1;
          return askedCount === 2 ? hang(signal) : Promise.resolve({});
        },
      }),
    );
    pushQueries(bridge, [1, 2, 3, 4]);
    const answers = await answersOf(bridge, 4);
    bridgeControl(bridge).end();
    expect(await served).toEqual({ completedCount: 1, failedCount: 3, hung: true });
    expect(askedCount).toBe(2);
    expect(answers.map(({ queryId }) => queryId)).toEqual([0, 1, 2, 3]);
    const records = answers.slice(1).map(({ errorSlot }) => errorInSlot(bridge.errors, errorSlot));
    for (const { code, message } of records) {
      expect(code).toBe('dut/timeout');
      expect(message).toContain('query 1:');
    }
  },
);

test('an answer that a device gives after it was left behind is not heard', async () => {
  const bridge = createLoadBridge(8, 1);
  const late = Promise.withResolvers<object>();
  const served = serveQueries(
    optionsOf(bridge, { stage: async () => undefined, issue: () => late.promise }),
  );
  pushQueries(bridge, [1]);
  const [failed] = await answersOf(bridge, 1);
  expect(failed).toMatchObject({ queryId: 0, errorSlot: 0 });
  late.resolve({});
  await clock.sleep(5);
  expect(completionRingReader(bridge.completions).take(emptyCompletion())).toBe(false);
  bridgeControl(bridge).end();
  await served;
});

test('the abort of the caller reaches the device and ends the serving', async () => {
  const bridge = createLoadBridge(8, 1);
  const abort = new AbortController();
  const asked = Promise.withResolvers<undefined>();
  const served = serveQueries({
    ...optionsOf(bridge, {
      stage: async () => undefined,
      issue: (_sampleIndex, signal) => {
        asked.resolve(undefined);
        return untilAbort(signal);
      },
    }),
    queryDeadlineMs: 20_000,
    signal: abort.signal,
  });
  pushQueries(bridge, [1, 2]);
  await asked.promise;
  abort.abort();
  expect(await served).toEqual({ completedCount: 0, failedCount: 0, hung: false });
});

test('what is left in the ring when the load has ended is not asked any more', async () => {
  const bridge = createLoadBridge(8, 1);
  pushQueries(bridge, [1, 2, 3]);
  bridgeControl(bridge).end();
  const served = serveQueries(
    optionsOf(bridge, {
      stage: async () => undefined,
      issue: () => Promise.reject(new Error('asked')),
    }),
  );
  expect(await served).toEqual({ completedCount: 0, failedCount: 0, hung: false });
});

test('a device that answers in the same turn lets messages of its thread through', async () => {
  const bridge = createLoadBridge(8, 1);
  const control = bridgeControl(bridge);
  const writer = issueRingWriter(bridge.issues);
  const reader = completionRingReader(bridge.completions);
  const completion = emptyCompletion();
  const refill = (): void => {
    while (reader.take(completion)) continue;
    writer.push({ firstQueryId: 0, queryCount: 4, samples: new Uint32Array(4) });
  };
  refill();
  const served = serveQueries(
    optionsOf(bridge, {
      stage: async () => undefined,
      issue: async () => {
        refill();
        return {};
      },
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  control.end();
  expect((await served).hung).toBe(false);
});
