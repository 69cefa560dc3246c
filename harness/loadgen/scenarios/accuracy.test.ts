import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadProgress } from '../load-end.ts';
import type { QueryAnswer, QueryTarget } from '../query-target.ts';
import { runAccuracy } from './accuracy.ts';

const ms = 1e6;

const answer: QueryAnswer = { output: Float32Array.of(1) };

/** A target that takes its time on the fake clock, and remembers what it was asked. */
interface RecordingTarget extends QueryTarget {
  readonly staged: readonly number[];
}

function slowTarget(clock: FakeClock, issueMs: number, stageMs = 0): RecordingTarget {
  const staged: number[] = [];
  return {
    staged,
    stage: async (sampleIndex) => {
      staged.push(sampleIndex);
      clock.advanceMs(stageMs);
    },
    issue: async (sampleIndex) => {
      clock.advanceMs(issueMs);
      return { output: Float32Array.of(sampleIndex), deviceDurationNs: issueMs * ms - 1 };
    },
  };
}

/** Answers until the given query, at which `atQuery` decides. */
function targetThat(
  clock: FakeClock,
  query: number,
  atQuery: (signal: AbortSignal) => Promise<QueryAnswer>,
): QueryTarget {
  let issuedCount = 0;
  return {
    stage: async () => undefined,
    issue: async (_sampleIndex, signal) => {
      issuedCount += 1;
      if (issuedCount > query) return atQuery(signal);
      clock.advanceMs(10);
      return answer;
    },
  };
}

/** As a driver does it: ends with the signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe('runAccuracy', () => {
  it('asks each sample once, in order, and hands over each answer before the next', async () => {
    const clock = fakeClock();
    const target = slowTarget(clock, 10);
    const seen: [number, number | undefined, number][] = [];
    const end = await runAccuracy({
      target,
      clock,
      queryDeadlineMs: 500,
      sampleCount: 4,
      onOutput: async (sampleIndex, output) => {
        await Promise.resolve();
        seen.push([sampleIndex, output[0], target.staged.length]);
      },
      signal: new AbortController().signal,
    });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 4 });
    expect(seen).toEqual([
      [0, 0, 1],
      [1, 1, 2],
      [2, 2, 3],
      [3, 3, 4],
    ]);
  });

  it('goes on from the samples that are done, after a failure in between', async () => {
    const clock = fakeClock();
    const done = new Set<number>();
    const options = {
      clock,
      queryDeadlineMs: 500,
      sampleCount: 6,
      doneIndices: done,
      onOutput: (sampleIndex: number): void => {
        done.add(sampleIndex);
      },
      signal: new AbortController().signal,
    };
    const failing = targetThat(clock, 4, () => Promise.reject(new Error('reboot')));
    const first = await runAccuracy({ ...options, target: failing });
    expect(first).toMatchObject({ endedBy: 'query-failed', doneCount: 4 });
    const target = slowTarget(clock, 10);
    expect(await runAccuracy({ ...options, target })).toEqual({
      endedBy: 'complete',
      doneCount: 2,
    });
    expect(target.staged).toEqual([4, 5]);
    expect(done).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it('rejects with the error of the checkpoint, which is no fault of the device', async () => {
    const clock = fakeClock();
    const run = runAccuracy({
      target: slowTarget(clock, 10),
      clock,
      queryDeadlineMs: 500,
      sampleCount: 4,
      onOutput: () => Promise.reject(new Error('disk full')),
      signal: new AbortController().signal,
    });
    await expect(run).rejects.toThrow('disk full');
  });
});

describe('runAccuracy with a device in trouble', () => {
  const common = { queryDeadlineMs: 500, sampleCount: 4 };

  it('ends a query at its deadline through the signal, as a timeout', async () => {
    const clock = fakeClock();
    const seen: number[] = [];
    const run = runAccuracy({
      ...common,
      clock,
      target: targetThat(clock, 2, untilAborted),
      onOutput: (sampleIndex) => {
        seen.push(sampleIndex);
      },
      signal: new AbortController().signal,
    });
    const end = await clock.runUntil(run);
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 2 });
    expect(end.endedBy === 'query-failed' && hasCode(end.error, 'dut/timeout')).toBe(true);
    expect(seen).toEqual([0, 1]);
    expect(clock.nowNs()).toBe((20 + 500) * ms);
  });

  it('leaves a target behind that ignores the signal, and takes nothing from it any more', async () => {
    const clock = fakeClock();
    const stuck = Promise.withResolvers<QueryAnswer>();
    const seen: number[] = [];
    const run = runAccuracy({
      ...common,
      clock,
      target: targetThat(clock, 2, () => stuck.promise),
      onOutput: (sampleIndex) => {
        seen.push(sampleIndex);
      },
      signal: new AbortController().signal,
    });
    expect(await clock.runUntil(run)).toMatchObject({ endedBy: 'query-failed', doneCount: 2 });
    expect(clock.nowNs()).toBe((20 + 500 + 1000) * ms);
    stuck.resolve({ output: Float32Array.of(1) });
    await clock.runUntil(Promise.resolve());
    expect(seen).toEqual([0, 1]);
  });

  it('does not take an answer past its deadline', async () => {
    const clock = fakeClock();
    const seen: number[] = [];
    const end = await runAccuracy({
      ...common,
      clock,
      target: slowTarget(clock, 500.001),
      onOutput: (sampleIndex) => {
        seen.push(sampleIndex);
      },
      signal: new AbortController().signal,
    });
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 0 });
    expect(seen).toEqual([]);
  });

  it('ends at the abort of the caller, and says how far it was every 100 ms', async () => {
    const clock = fakeClock();
    const caller = new AbortController();
    const told: LoadProgress[] = [];
    const end = await runAccuracy({
      queryDeadlineMs: 500,
      sampleCount: 100,
      clock,
      target: slowTarget(clock, 30),
      onOutput: (sampleIndex) => {
        if (sampleIndex === 11) caller.abort(new Error('cancelled'));
      },
      onProgress: (progress) => told.push(progress),
      signal: caller.signal,
    });
    expect(end).toEqual({ endedBy: 'aborted', doneCount: 12 });
    expect(told.map(({ doneCount }) => doneCount)).toEqual([4, 8, 12]);
  });
});
