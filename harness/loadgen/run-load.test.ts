import { describe, expect, it } from 'vitest';

import { systemClock } from '#harness/kernel/system-clock.ts';

import { fakeClock } from './fake-clock.ts';
import type { LoadProgress } from './load-end.ts';
import type { CompletionSink, LoadTarget } from './load-target.ts';
import { memoryRows } from './recorder/memory-rows.ts';
import { runLoad } from './run-load.ts';
import { evenSource } from './testing/even-source.ts';
import { shortLimits } from './testing/load-in-steps.ts';
import { scriptedTarget } from './testing/scripted-target.ts';

/** Answers inside of `issue`, or in the next microtask. */
function promptTarget(nowNs: () => number, isInside: boolean): LoadTarget {
  let sink: CompletionSink | undefined;
  return {
    connect: (connected) => {
      sink = connected;
    },
    issue: ({ firstQueryId }) => {
      const answer = (): void => sink?.complete(firstQueryId, nowNs());
      if (isInside) answer();
      else queueMicrotask(answer);
      return 1;
    },
  };
}

describe('runLoad', () => {
  it('lets timers and the abort through although the target answers at once', async () => {
    for (const isInside of [true, false]) {
      const caller = new AbortController();
      const timer = setTimeout(() => caller.abort(), 1);
      const clock = systemClock();
      const end = await runLoad({
        scenario: 'single-stream',
        source: evenSource(),
        target: promptTarget(clock.nowNs, isInside),
        rows: memoryRows(),
        clock,
        limits: { ...shortLimits, minDurationMs: 20_000, maxDurationMs: 20_000 },
        signal: caller.signal,
      });
      clearTimeout(timer);
      expect(end.endedBy).toBe('aborted');
    }
  });

  it('ends at once when the signal has aborted before', async () => {
    const clock = fakeClock();
    const target = scriptedTarget(clock, () => undefined);
    const end = await runLoad({
      scenario: 'server',
      source: evenSource({ betweenMs: 1 }),
      target,
      rows: memoryRows(),
      clock,
      limits: shortLimits,
      signal: AbortSignal.abort(),
    });
    expect(end).toEqual({ endedBy: 'aborted', doneCount: 0 });
    expect(target.queries).toHaveLength(0);
  });

  it('ends a load that waits for an answer, at the abort and without a row', async () => {
    const clock = fakeClock();
    const caller = new AbortController();
    const rows = memoryRows();
    const target = scriptedTarget(clock, ({ index }, { after }) => {
      if (index === 0) after(20, () => caller.abort());
    });
    const load = runLoad({
      scenario: 'single-stream',
      source: evenSource(),
      target,
      rows,
      clock,
      limits: shortLimits,
      signal: caller.signal,
    });
    expect(await clock.runUntil(load)).toEqual({ endedBy: 'aborted', doneCount: 0 });
    expect(clock.nowNs()).toBe(20e6);
    expect(rows.rowCount()).toBe(0);
  });

  it('tells about progress every 100 ms, also while a query is under way', async () => {
    const clock = fakeClock();
    const told: LoadProgress[] = [];
    const target = scriptedTarget(clock, ({ queryId }, { sink, after }) =>
      after(250, () => sink.complete(queryId, clock.nowNs())),
    );
    const load = runLoad({
      scenario: 'single-stream',
      source: evenSource(),
      target,
      rows: memoryRows(),
      clock,
      limits: { ...shortLimits, maxDurationMs: 1000 },
      signal: new AbortController().signal,
      onProgress: (progress) => told.push(progress),
    });
    expect(await clock.runUntil(load)).toEqual({ endedBy: 'max-duration', doneCount: 4 });
    expect(told.map(({ doneCount }) => doneCount)).toEqual([0, 0, 1, 1, 2, 2, 2, 3, 3]);
    expect(told[2]).toEqual({ doneCount: 1, totalCount: 64, moreNeededCount: 63 });
  });

  it('rejects with the error of the row writer', async () => {
    const clock = fakeClock();
    const failure = new Error('disk full');
    const load = runLoad({
      scenario: 'offline',
      source: evenSource(),
      target: promptTarget(clock.nowNs, true),
      rows: {
        add: () => {
          throw failure;
        },
        rowCount: () => 0,
      },
      clock,
      limits: shortLimits,
      signal: new AbortController().signal,
    });
    await expect(load).rejects.toBe(failure);
  });
});
