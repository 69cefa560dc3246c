import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';
import { isDeadline } from '#harness/kernel/deadline.ts';

import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadEnd } from '../load-end.ts';
import type { QueryAnswer, QueryTarget } from '../query-target.ts';
import { memoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { stageDeadlineMs } from '../stage-deadline.ts';
import { evenSource } from '../testing/even-source.ts';
import { shortLimits } from '../testing/load-in-steps.ts';
import { rowCounts } from '../testing/row-counts.ts';
import type { LoadLimits, LoadScenario } from './load-core-options.ts';
import { sequentialTarget } from './sequential-target.ts';

const ms = 1e6;

/** What a device was asked. */
type Asked = readonly ['stage' | 'issue', number];

/** A device that takes 3 ms to stage and 10 ms to answer, unless `atIssue` says otherwise for a call. */
function device(
  clock: FakeClock,
  atIssue: (call: number, signal: AbortSignal) => Promise<QueryAnswer> | undefined = () =>
    undefined,
): QueryTarget & { readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  let callCount = 0;
  return {
    asked,
    stage: async (sampleIndex, signal) => {
      asked.push(['stage', sampleIndex]);
      await clock.sleep(3, signal);
    },
    issue: async (sampleIndex, signal) => {
      asked.push(['issue', sampleIndex]);
      callCount += 1;
      const special = atIssue(callCount - 1, signal);
      if (special !== undefined) return special;
      await clock.sleep(10, signal);
      return { output: Float32Array.of(sampleIndex), deviceDurationNs: 9.5 * ms };
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

interface Setup {
  readonly scenario: LoadScenario;
  readonly limits?: Partial<LoadLimits>;
  readonly samplesPerQuery?: number;
  readonly betweenMs?: number;
  readonly queueLengthMax?: number;
  readonly signal?: AbortSignal;
}

async function load(clock: FakeClock, target: QueryTarget, setup: Setup) {
  const { scenario, samplesPerQuery = 1, betweenMs = 0, queueLengthMax = 1 } = setup;
  const limits = { ...shortLimits, ...setup.limits };
  const rows = memoryRows();
  const run = async (): Promise<LoadEnd> => {
    await using sequence = sequentialTarget({
      target,
      clock,
      samplesPerQuery,
      queryDeadlineMs: limits.queryDeadlineMs,
      queueLengthMax,
    });
    const source = evenSource({ samplesPerQuery, betweenMs });
    const { signal = new AbortController().signal } = setup;
    return await runLoad({ scenario, source, target: sequence, rows, clock, limits, signal });
  };
  const end = await clock.runUntil(run());
  return { end, rows };
}

function errorOf(end: LoadEnd): unknown {
  return end.endedBy === 'query-failed' ? end.error : undefined;
}

describe('a sequential target in a stream', () => {
  it('is staged outside of the timed query and keeps what the device tells', async () => {
    const clock = fakeClock();
    const target = device(clock);
    const { end, rows } = await load(clock, target, { scenario: 'single-stream' });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 64 });
    expect(target.asked.slice(0, 4)).toEqual([
      ['stage', 0],
      ['issue', 0],
      ['stage', 1],
      ['issue', 1],
    ]);
    expect(rows.row(1)).toMatchObject({ scheduledAtNs: 16 * ms, latencyNs: 10 * ms });
    expect(rows.details(63).deviceDurationNs).toBe(9.5 * ms);
  });

  it('stages the further samples of a multi-stream query inside of it', async () => {
    const clock = fakeClock();
    const target = device(clock);
    const setup = { scenario: 'multi-stream', samplesPerQuery: 3 } as const;
    const { end, rows } = await load(clock, target, setup);
    expect(end).toEqual({ endedBy: 'complete', doneCount: 64 });
    expect(target.asked.slice(0, 6).map(([, sampleIndex]) => sampleIndex)).toEqual([
      0, 0, 1, 1, 2, 2,
    ]);
    expect(rows.row(0)).toMatchObject({ scheduledAtNs: 3 * ms, latencyNs: 36 * ms });
  });

  it('ends at a failed query with its error', async () => {
    const clock = fakeClock();
    const failure = new Error('garbled');
    const fails = (call: number) => (call === 3 ? Promise.reject(failure) : undefined);
    const { end, rows } = await load(clock, device(clock, fails), { scenario: 'single-stream' });
    expect(end).toEqual({ endedBy: 'query-failed', doneCount: 3, error: failure });
    expect(rowCounts(rows)).toEqual({ completed: 3, failed: 1 });
  });

  it('aborts the call at the deadline: the query is lost, not failed', async () => {
    const clock = fakeClock();
    const reasons: unknown[] = [];
    const hangs = async (call: number, signal: AbortSignal) => {
      if (call < 2) return { output: Float32Array.of(1) };
      return new Promise<QueryAnswer>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(new Error('aborted by its signal'));
        });
      });
    };
    const target = device(clock, hangs);
    const { end, rows } = await load(clock, target, { scenario: 'single-stream' });
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect(rowCounts(rows)).toEqual({ completed: 2, lost: 1 });
    expect(reasons).toHaveLength(1);
    expect(clock.nowNs()).toBe((9 + 500) * ms);
  });

  it('leaves a device behind that ignores the abort, 1 s after it', async () => {
    const clock = fakeClock();
    const target = device(clock, (call) => (call === 2 ? never() : undefined));
    const { end, rows } = await load(clock, target, { scenario: 'single-stream' });
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect(rowCounts(rows)).toEqual({ completed: 2, lost: 1 });
    expect(clock.nowNs()).toBe((29 + 500 + 1000) * ms);
  });

  it('ends a stage that hangs, without a row', async () => {
    const clock = fakeClock();
    const target = { ...device(clock), stage: never };
    const limits = { maxDurationMs: 1e6 };
    const { end, rows } = await load(clock, target, { scenario: 'single-stream', limits });
    expect(hasCode(errorOf(end), 'dut/timeout')).toBe(true);
    expect(rows.rowCount()).toBe(0);
    expect(clock.nowNs()).toBe((stageDeadlineMs + 1000) * ms);
  });

  it('reports nothing after the abort of the caller, and aborts the call', async () => {
    const clock = fakeClock();
    const caller = new AbortController();
    const reasons: unknown[] = [];
    const target = device(clock, (call, signal) => {
      if (call < 2) return undefined;
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      caller.abort(new Error('cancelled'));
      return clock.sleep(1, signal).then(() => ({ output: Float32Array.of(1) }));
    });
    const { signal } = caller;
    const { end, rows } = await load(clock, target, { scenario: 'single-stream', signal });
    expect(end).toEqual({ endedBy: 'aborted', doneCount: 2 });
    expect(rowCounts(rows)).toEqual({ completed: 2 });
    expect(reasons.map((reason) => isDeadline(reason))).toEqual([false]);
  });
});

describe('a sequential target of a server', () => {
  it('works off its queue, staging inside of the query, while the schedule goes on', async () => {
    const clock = fakeClock();
    const limits = { minDurationMs: 400, percentile: 0.5 };
    const setup = { scenario: 'server', betweenMs: 20, limits, queueLengthMax: 4 } as const;
    const { end, rows } = await load(clock, device(clock), setup);
    expect(end).toEqual({ endedBy: 'complete', doneCount: 21 });
    expect(rows.row(20)).toMatchObject({ scheduledAtNs: 400 * ms, latencyNs: 13 * ms });
  });

  it('holds back what a slow device does not take; the delay is recorded', async () => {
    const clock = fakeClock();
    const limits = { minDurationMs: 90, percentile: 0.5 };
    const setup = { scenario: 'server', betweenMs: 10, limits } as const;
    const { end, rows } = await load(clock, device(clock), setup);
    expect(end).toEqual({ endedBy: 'complete', doneCount: 10 });
    const last = rows.row(9);
    expect(last).toMatchObject({ scheduledAtNs: 90 * ms, issueDelayNs: 27 * ms });
    expect(last.latencyNs).toBe(40 * ms);
  });

  it('goes on with the next query when a device ends a call at the abort', async () => {
    const clock = fakeClock();
    const hangs = (call: number, signal: AbortSignal) =>
      call === 2 ? clock.sleep(1e6, signal).then(never) : undefined;
    const limits = { minDurationMs: 2000, queryDeadlineMs: 100, percentile: 0.5 };
    const setup = { scenario: 'server', betweenMs: 40, limits, queueLengthMax: 8 } as const;
    const { end, rows } = await load(clock, device(clock, hangs), setup);
    expect(end.endedBy).toBe('complete');
    const { completed = 0, failed, lost = 0 } = rowCounts(rows);
    expect(completed + lost).toBe(51);
    expect(failed).toBeUndefined();
    expect(completed).toBeGreaterThan(40);
  });

  it('fails every other query of a device that never ends a call', async () => {
    const clock = fakeClock();
    const limits = { minDurationMs: 3000, queryDeadlineMs: 100, percentile: 0.5 };
    const target = device(clock, (call) => (call === 2 ? never() : undefined));
    const setup = { scenario: 'server', betweenMs: 40, limits, queueLengthMax: 8 } as const;
    const { end, rows } = await load(clock, target, setup);
    expect(end).toEqual({ endedBy: 'complete', doneCount: 2 });
    const { completed = 0, failed = 0, lost = 0 } = rowCounts(rows);
    expect(completed + failed + lost).toBe(76);
    expect(failed).toBeGreaterThan(30);
  });

  it('answers an offline load one sample after the other', async () => {
    const clock = fakeClock();
    const { end, rows } = await load(clock, device(clock), { scenario: 'offline' });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 10 });
    expect(rows.row(9).latencyNs).toBe(130 * ms);
  });

  it('passes tokens on', async () => {
    const clock = fakeClock();
    const target = device(clock, async () => ({
      output: Float32Array.of(1),
      tokens: { ids: [4, 5, 6], firstTokenAtNs: clock.nowNs() + 2 },
    }));
    const { rows } = await load(clock, target, { scenario: 'single-stream' });
    expect(rows.details(0)).toEqual({
      deviceDurationNs: Number.NaN,
      firstTokenNs: 2,
      tokenCount: 3,
    });
  });
});
