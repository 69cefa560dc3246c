import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import type { ConcurrentDevice } from '../concurrent-device.ts';
import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadEnd, LoadProgress } from '../load-end.ts';
import type { QueryAnswer } from '../query-target.ts';
import { runConcurrentAccuracy, type ConcurrentAccuracyOptions } from './concurrent-accuracy.ts';

interface Call {
  readonly samples: readonly number[];
  readonly signal: AbortSignal;
}

/** What a test says of a call; undefined: answered with the samples' indices after 10 ms. */
type Special = (call: Call) => Promise<readonly QueryAnswer[]> | undefined;

interface CountingDevice extends ConcurrentDevice {
  readonly calls: readonly (readonly number[])[];
  readonly underWayMax: () => number;
  readonly underWay: () => number;
}

function device(
  clock: FakeClock,
  limits: { readonly inFlightCountMax: number; readonly batchSizeMax: number },
  special: Special = () => undefined,
): CountingDevice {
  const calls: (readonly number[])[] = [];
  let [underWay, most] = [0, 0];
  return {
    ...limits,
    calls,
    underWayMax: () => most,
    underWay: () => underWay,
    infer: async (samples, signal) => {
      calls.push(samples);
      underWay += 1;
      most = Math.max(most, underWay);
      try {
        const answers = special({ samples, signal });
        if (answers !== undefined) return await answers;
        await clock.sleep(10, signal);
        return samples.map((sample) => ({ output: Float32Array.of(sample) }));
      } finally {
        underWay -= 1;
      }
    },
  };
}

const eightSlots = { inFlightCountMax: 8, batchSizeMax: 1 };

/** Runs it on the fake clock. @returns the end, and what was handed over, in order */
async function run(
  clock: FakeClock,
  options: Pick<ConcurrentAccuracyOptions, 'device' | 'sampleCount'> &
    Partial<ConcurrentAccuracyOptions>,
): Promise<{ readonly end: LoadEnd; readonly seen: number[] }> {
  const seen: number[] = [];
  const running = runConcurrentAccuracy({
    clock,
    queryDeadlineMs: 500,
    signal: new AbortController().signal,
    ...options,
    onOutput: async (sampleIndex, output) => {
      expect([...output]).toEqual([sampleIndex]);
      await options.onOutput?.(sampleIndex, output);
      seen.push(sampleIndex);
    },
  });
  return { end: await clock.runUntil(running), seen };
}

const ascending = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_none, index) => from + index);

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

/** As a driver does it: ends with the signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe('runConcurrentAccuracy', () => {
  it('asks 400 samples of a server of 8 slots 8 at once: 50 rounds in place of 400', async () => {
    const clock = fakeClock();
    const server = device(clock, eightSlots);
    const { end, seen } = await run(clock, { device: server, sampleCount: 400 });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 400 });
    expect(sorted(seen)).toEqual(ascending(0, 400));
    expect(server.underWayMax()).toBe(8);
    expect(clock.nowNs() / 1e6).toBe((400 / 8) * 10);
  });

  it('fills each call as far as the device batches, and leaves out what is done', async () => {
    const clock = fakeClock();
    const server = device(clock, { inFlightCountMax: 2, batchSizeMax: 3 });
    const doneIndices = new Set([0, 4, 9]);
    const { end, seen } = await run(clock, { device: server, sampleCount: 10, doneIndices });
    expect(server.calls).toEqual([[1, 2, 3], [5, 6, 7], [8]]);
    expect(end).toEqual({ endedBy: 'complete', doneCount: 7 });
    expect(seen).toEqual([1, 2, 3, 5, 6, 7, 8]);
  });

  it('hands answers over as they come, one after the other, and does not wait for a slow one', async () => {
    const clock = fakeClock();
    const server = device(clock, { inFlightCountMax: 2, batchSizeMax: 1 }, ({ samples, signal }) =>
      samples[0] === 0
        ? clock.sleep(35, signal).then(() => [{ output: Float32Array.of(0) }])
        : undefined,
    );
    let handing = 0;
    const { seen } = await run(clock, {
      device: server,
      sampleCount: 5,
      onOutput: async () => {
        handing += 1;
        expect(handing).toBe(1);
        await Promise.resolve();
        handing -= 1;
      },
    });
    expect(seen).toEqual([1, 2, 3, 0, 4]);
  });

  it('has nothing to do when all is done', async () => {
    const clock = fakeClock();
    const server = device(clock, eightSlots);
    const doneIndices = new Set([0, 1]);
    const { end } = await run(clock, { device: server, sampleCount: 2, doneIndices });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 0 });
    expect(server.calls).toEqual([]);
  });

  it('says how far it is every 100 ms, with what an earlier part did', async () => {
    const clock = fakeClock();
    const told: LoadProgress[] = [];
    const done = new Set([0, 1]);
    await run(clock, {
      device: device(clock, { inFlightCountMax: 2, batchSizeMax: 1 }),
      sampleCount: 42,
      doneIndices: done,
      onOutput: (sampleIndex) => {
        done.add(sampleIndex);
      },
      onProgress: (progress) => told.push(progress),
    });
    expect(told.map(({ doneCount, totalCount }) => [doneCount, totalCount])).toEqual([
      [22, 42],
      [42, 42],
    ]);
  });
});

describe('runConcurrentAccuracy with a device in trouble', () => {
  it('asks no more after a failed call, keeps what the others answer, and goes on from there', async () => {
    const clock = fakeClock();
    const done = new Set<number>();
    const onOutput = (sampleIndex: number): void => {
      done.add(sampleIndex);
    };
    const lost = new Error('reset by the server');
    const failing = device(clock, { inFlightCountMax: 4, batchSizeMax: 1 }, ({ samples, signal }) =>
      samples[0] === 5 ? clock.sleep(3, signal).then(() => Promise.reject(lost)) : undefined,
    );
    const first = await run(clock, { device: failing, sampleCount: 20, onOutput });
    expect(first.end).toEqual({ endedBy: 'query-failed', doneCount: 7, error: lost });
    expect(failing.underWay()).toBe(0);
    expect(sorted(first.seen)).toEqual([0, 1, 2, 3, 4, 6, 7]);

    const server = device(clock, { inFlightCountMax: 4, batchSizeMax: 1 });
    const options = { device: server, sampleCount: 20, doneIndices: done, onOutput };
    const second = await run(clock, options);
    expect(second.end).toEqual({ endedBy: 'complete', doneCount: 13 });
    expect(second.seen).toEqual([5, ...ascending(8, 20)]);
  });

  it('ends a call at its deadline through the signal, as a timeout, beside answers that count', async () => {
    const clock = fakeClock();
    const server = device(clock, eightSlots, ({ samples, signal }) =>
      samples[0] === 3 ? untilAborted(signal) : undefined,
    );
    const { end, seen } = await run(clock, { device: server, sampleCount: 40 });
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 39 });
    expect(end.endedBy === 'query-failed' && hasCode(end.error, 'dut/timeout')).toBe(true);
    expect(sorted(seen)).toEqual(ascending(0, 40).filter((index) => index !== 3));
    expect(clock.nowNs() / 1e6).toBe(500);
  });

  it('leaves a device behind that ignores the signal, and takes nothing from it any more', async () => {
    const clock = fakeClock();
    const stuck = Promise.withResolvers<readonly QueryAnswer[]>();
    const server = device(clock, eightSlots, ({ samples }) =>
      samples[0] === 1 ? stuck.promise : undefined,
    );
    const { end, seen } = await run(clock, { device: server, sampleCount: 2 });
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 1 });
    stuck.resolve([{ output: Float32Array.of(1) }]);
    await clock.runUntil(Promise.resolve());
    expect(seen).toEqual([0]);
  });

  it('takes no answer of a call that gave too few', async () => {
    const clock = fakeClock();
    const server = device(clock, { inFlightCountMax: 1, batchSizeMax: 2 }, () =>
      Promise.resolve([{ output: Float32Array.of(0) }]),
    );
    const { end, seen } = await run(clock, { device: server, sampleCount: 4 });
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 0 });
    expect(end.endedBy === 'query-failed' && hasCode(end.error, 'dut/garbled-reply')).toBe(true);
    expect(seen).toEqual([]);
  });

  it('rejects with the error of the checkpoint, and leaves no call under way', async () => {
    const clock = fakeClock();
    const server = device(clock, eightSlots, ({ samples, signal }) =>
      samples[0] === 7 ? untilAborted(signal) : undefined,
    );
    const running = run(clock, {
      device: server,
      sampleCount: 40,
      onOutput: () => Promise.reject(new Error('disk full')),
    });
    await expect(running).rejects.toThrow('disk full');
    expect(server.underWay()).toBe(0);
  });

  it('ends at the abort of the caller, and ends the calls under way', async () => {
    const clock = fakeClock();
    const caller = new AbortController();
    const server = device(clock, eightSlots, ({ samples, signal }) =>
      samples[0] === 7 ? untilAborted(signal) : undefined,
    );
    const { end, seen } = await run(clock, {
      device: server,
      sampleCount: 100,
      onOutput: (sampleIndex) => {
        if (sampleIndex === 11) caller.abort(new Error('cancelled'));
      },
      signal: caller.signal,
    });
    expect(end).toMatchObject({ endedBy: 'aborted', doneCount: seen.length });
    expect(seen).toContain(11);
    expect(seen).not.toContain(7);
    expect(server.underWay()).toBe(0);
    expect(clock.nowNs() / 1e6).toBe(20);
  });

  it('does not wait for an answer once the caller has aborted', async () => {
    const clock = fakeClock();
    const caller = new AbortController();
    const server = device(clock, eightSlots, ({ signal }) => untilAborted(signal));
    const { signal } = caller;
    const running = run(clock, { device: server, sampleCount: 100, signal });
    caller.abort(new Error('cancelled'));
    expect((await running).end).toEqual({ endedBy: 'aborted', doneCount: 0 });
    expect(clock.nowNs()).toBe(0);
  });
});
