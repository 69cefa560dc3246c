import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import { judgeRun } from '#harness/judge/rules.ts';
import { isDeadline } from '#harness/kernel/deadline.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadEnd, LoadProgress } from '../load-end.ts';
import { portableOrder } from '../order/portable-order.ts';
import type { QueryAnswer, QueryTarget } from '../query-target.ts';
import { latencyRecorder } from '../recorder/latency-recorder.ts';
import { runAccuracy } from './accuracy.ts';
import { runOffline } from './offline.ts';
import { runSingleStream } from './single-stream.ts';

const ms = 1e6;

const settings = {
  seed: 1,
  minDurationMs: 0,
  minQueryCount: 10,
  maxDurationMs: 60_000,
  queryDeadlineMs: 500,
  percentile: 0.9,
  performanceSampleCount: 5,
} as const;

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

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** As a driver does it: ends with the signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function errorOf(end: LoadEnd): unknown {
  return end.endedBy === 'query-failed' ? end.error : undefined;
}

describe('runSingleStream', () => {
  it('stages untimed, issues in the portable order, and stops at 64 queries for early stopping', async () => {
    const clock = fakeClock();
    const target = slowTarget(clock, 10, 3);
    const recorder = latencyRecorder(4);
    const { signal } = new AbortController();
    const end = await runSingleStream({ target, clock, settings, recorder, signal });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 64 });
    const log = recorder.log();
    const nextInOrder = portableOrder(1, 5);
    expect([...log.sampleIndex]).toEqual(Array.from({ length: 64 }, nextInOrder));
    expect(target.staged).toEqual([...log.sampleIndex]);
    expect(log.latencyNs.every((latencyNs) => latencyNs === 10 * ms)).toBe(true);
    expect(log.deviceDurationNs.every((durationNs) => durationNs === 10 * ms - 1)).toBe(true);
    expect([...log.issuedAtNs.subarray(0, 3)]).toEqual([3 * ms, 16 * ms, 29 * ms]);
    expect(log.status.every((status) => status === 0)).toBe(true);
  });

  it('goes on until the latencies add up to the minimum duration and the minimum count is there', async () => {
    const clock = fakeClock();
    const { signal } = new AbortController();
    const doneCount = async (change: Partial<Record<keyof typeof settings, number>>) => {
      const target = slowTarget(clock, 10, 5);
      const options = { target, clock, recorder: latencyRecorder(), signal };
      return runSingleStream({ ...options, settings: { ...settings, ...change } });
    };
    expect(await doneCount({ minDurationMs: 1000 })).toMatchObject({ doneCount: 100 });
    expect(await doneCount({ minDurationMs: 1001 })).toMatchObject({ doneCount: 101 });
    expect(await doneCount({ minQueryCount: 80 })).toMatchObject({ doneCount: 80 });
  });

  it('issues nothing after the ceiling of wall time, which counts staging too', async () => {
    const clock = fakeClock();
    const target = slowTarget(clock, 10, 10);
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const limited = { ...settings, maxDurationMs: 100 };
    const end = await runSingleStream({ target, clock, settings: limited, recorder, signal });
    expect(end).toEqual({ endedBy: 'max-duration', doneCount: 5 });
    expect(recorder.queryCount()).toBe(5);
  });

  it('ends at a failed query, keeps its error and records it', async () => {
    const clock = fakeClock();
    const failure = new Error('garbled');
    const target = targetThat(clock, 3, () => Promise.reject(failure));
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const end = await runSingleStream({ target, clock, settings, recorder, signal });
    expect(end).toEqual({ endedBy: 'query-failed', doneCount: 3, error: failure });
    expect([...recorder.log().status]).toEqual([0, 0, 0, 1]);
    expect(recorder.log().latencyNs[3]).toBeNaN();
  });

  it('ends a query at its deadline through the signal, as a timeout', async () => {
    const clock = fakeClock();
    const reasons: unknown[] = [];
    const target = targetThat(clock, 2, async (signal) => {
      await untilAborted(signal).catch((reason: unknown) => reasons.push(reason));
      throw new Error('aborted by its signal');
    });
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const load = runSingleStream({ target, clock, settings, recorder, signal });
    const end = await clock.runUntil(load);
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 2 });
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect(errorOf(end)).toMatchObject({ cause: { message: 'aborted by its signal' } });
    expect(reasons.map((reason) => isDeadline(reason))).toEqual([true]);
    expect([...recorder.log().status]).toEqual([0, 0, 2]);
    expect(clock.nowNs()).toBe((20 + 500) * ms);
  });

  it('leaves a target behind that ignores the signal, and takes nothing from it any more', async () => {
    const clock = fakeClock();
    const stuck = Promise.withResolvers<QueryAnswer>();
    const target = targetThat(clock, 2, () => stuck.promise);
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const load = runSingleStream({ target, clock, settings, recorder, signal });
    const end = await clock.runUntil(load);
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 2 });
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect(clock.nowNs()).toBe((20 + 500 + 1000) * ms);
    stuck.resolve(answer);
    await clock.runUntil(Promise.resolve());
    expect([...recorder.log().status]).toEqual([0, 0, 2]);
  });

  it('counts an answer past its deadline as late, with its latency', async () => {
    const clock = fakeClock();
    const target = targetThat(clock, 1, async () => {
      clock.advanceMs(500.001);
      return answer;
    });
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const end = await runSingleStream({ target, clock, settings, recorder, signal });
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 1 });
    expect([...recorder.log().status]).toEqual([0, 2]);
    expect(recorder.log().latencyNs[1]).toBe(500_001_000);
  });

  it('takes an answer at the very instant of the deadline as late, and issues nothing after it', async () => {
    const clock = fakeClock();
    let stagedCount = 0;
    const target: QueryTarget = {
      stage: async () => {
        stagedCount += 1;
      },
      issue: async () => {
        await clock.sleep(500);
        return answer;
      },
    };
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const load = runSingleStream({ target, clock, settings, recorder, signal });
    expect(await clock.runUntil(load)).toMatchObject({ endedBy: 'query-failed', doneCount: 0 });
    expect([...recorder.log().status]).toEqual([2]);
    expect(stagedCount).toBe(1);
  });

  it('ends a stage that hangs, without a row, since nothing was issued', async () => {
    const clock = fakeClock();
    const target: QueryTarget = { stage: never, issue: never };
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const load = runSingleStream({ target, clock, settings, recorder, signal });
    const end = await clock.runUntil(load);
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect(recorder.queryCount()).toBe(0);
    expect(clock.nowNs()).toBe(121_000 * ms);
  });

  it('ends at the abort of the caller, without a row for the query under way', async () => {
    const clock = fakeClock();
    const caller = new AbortController();
    const target = targetThat(clock, 2, (signal) => {
      caller.abort(new Error('cancelled'));
      signal.throwIfAborted();
      return never();
    });
    const recorder = latencyRecorder();
    const { signal } = caller;
    const end = await runSingleStream({ target, clock, settings, recorder, signal });
    expect(end).toEqual({ endedBy: 'aborted', doneCount: 2 });
    expect(recorder.queryCount()).toBe(2);
    const again = await runSingleStream({ target, clock, settings, recorder, signal });
    expect(again).toEqual({ endedBy: 'aborted', doneCount: 0 });
  });

  it('tells about progress at most every 100 ms, with the count to be expected', async () => {
    const clock = fakeClock();
    const told: (LoadProgress & { atMs: number })[] = [];
    const { signal } = new AbortController();
    await runSingleStream({
      target: slowTarget(clock, 30),
      clock,
      settings: { ...settings, minDurationMs: 3000 },
      recorder: latencyRecorder(),
      onProgress: (progress) => told.push({ ...progress, atMs: clock.nowNs() / ms }),
      signal,
    });
    expect(told[0]).toEqual({ doneCount: 4, totalCount: 100, atMs: 120 });
    expect(told[1]).toEqual({ doneCount: 8, totalCount: 100, atMs: 240 });
    expect(told).toHaveLength(25);
  });

  it('meets a deadline of 20 ms on the real clock', async () => {
    const target: QueryTarget = {
      stage: async () => undefined,
      issue: (_sampleIndex, signal) => untilAborted(signal),
    };
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const load = { ...settings, queryDeadlineMs: 20 };
    const clock = systemClock();
    const end = await runSingleStream({ target, clock, settings: load, recorder, signal });
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect([...recorder.log().status]).toEqual([2]);
  });

  it('lets timers through although the target answers at once', async () => {
    const caller = new AbortController();
    const timer = setTimeout(() => caller.abort(), 1);
    const target: QueryTarget = { stage: async () => undefined, issue: async () => answer };
    const end = await runSingleStream({
      target,
      clock: systemClock(),
      settings: { ...settings, minDurationMs: 20_000, maxDurationMs: 20_000 },
      recorder: latencyRecorder(),
      signal: caller.signal,
    });
    clearTimeout(timer);
    expect(end.endedBy).toBe('aborted');
  });

  it('gives a log that the judge finds valid', async () => {
    const clock = fakeClock();
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const target = slowTarget(clock, 10);
    const load = { ...settings, minDurationMs: 900 };
    await runSingleStream({ target, clock, settings: load, recorder, signal });
    const raw = { queries: recorder.log() };
    const all = {
      ...load,
      scenario: 'single-stream',
      mode: 'performance',
      windowCount: 0,
      minWindowMs: 0,
      accuracySampleCount: 0,
      accuracyMetric: 'top-1',
      accuracyAtLeast: 0,
      powerRequired: false,
    } as const;
    const results = deriveResults(raw, all, []);
    expect(results.throughput?.samplesPerSecond).toBe(100);
    expect(judgeRun({ settings: all, results, raw, wallClockStepMs: 0 }).verdict).toBe('pass');
  });
});

describe('runOffline', () => {
  it('counts every latency from the start of the load, staging included', async () => {
    const clock = fakeClock();
    clock.advanceMs(7);
    const target = slowTarget(clock, 10, 2);
    const recorder = latencyRecorder();
    const { signal } = new AbortController();
    const end = await runOffline({ target, clock, settings, recorder, signal, sampleCount: 3 });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 3 });
    expect([...recorder.log().issuedAtNs]).toEqual([7 * ms, 7 * ms, 7 * ms]);
    expect([...recorder.log().latencyNs]).toEqual([12 * ms, 24 * ms, 36 * ms]);
  });

  it('takes minQueryCount samples by default, and ends at a sample that hangs', async () => {
    const clock = fakeClock();
    const { signal } = new AbortController();
    const options = { clock, settings, signal };
    const recorder = latencyRecorder();
    const end = await runOffline({ ...options, target: slowTarget(clock, 600), recorder });
    expect(end).toMatchObject({ endedBy: 'query-failed', doneCount: 0 });
    const whole = latencyRecorder();
    const target = slowTarget(clock, 100);
    expect(await runOffline({ ...options, target, recorder: whole })).toMatchObject({
      endedBy: 'complete',
      doneCount: 10,
    });
    const hung = targetThat(clock, 4, untilAborted);
    const partly = latencyRecorder();
    const load = runOffline({ ...options, target: hung, recorder: partly });
    expect(await clock.runUntil(load)).toMatchObject({ endedBy: 'query-failed', doneCount: 4 });
    expect([...partly.log().status]).toEqual([0, 0, 0, 0, 2]);
  });
});

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
