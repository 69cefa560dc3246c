import { describe, expect, it } from 'vitest';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { fakeClock } from '../fake-clock.ts';
import { memoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { stageDeadlineMs } from '../stage-deadline.ts';
import { evenSource } from '../testing/even-source.ts';
import { loadInSteps, shortLimits } from '../testing/load-in-steps.ts';
import { rowCounts } from '../testing/row-counts.ts';
import { scriptedTarget } from '../testing/scripted-target.ts';
import { wholeLoad } from '../testing/whole-load.ts';
import type { LoadLimits } from './load-core-options.ts';
import { eventRowCountMax } from './record-rows.ts';

const ms = 1e6;

describe('a stream', () => {
  it('stops at 64 queries for early stopping, each issued when the one before had completed', async () => {
    const { end, rows } = await wholeLoad('single-stream');
    expect(end).toEqual({ endedBy: 'complete', doneCount: 64 });
    const all = Array.from({ length: 64 }, (_, index) => rows.row(index));
    expect(all).toEqual(
      Array.from({ length: 64 }, (_, index) => ({
        scheduledAtNs: 10 * ms * index,
        issueDelayNs: 0,
        latencyNs: 10 * ms,
        status: rowStatus.completed,
      })),
    );
  });

  it('goes on until time, count and whole passes are there', async () => {
    const doneCount = async (limits: Partial<LoadLimits>): Promise<number> =>
      (await wholeLoad('single-stream', limits)).end.doneCount;
    expect(await doneCount({ minDurationMs: 1000 })).toBe(100);
    expect(await doneCount({ minDurationMs: 1001 })).toBe(101);
    expect(await doneCount({ minQueryCount: 80 })).toBe(80);
    expect(await doneCount({ minQueryCount: 80, countMultiple: 9 })).toBe(81);
    expect(await doneCount({ percentile: 0.99 })).toBe(662);
  });

  it('issues nothing after the ceiling of time, and ends when the last query has', async () => {
    const { end, clock } = await wholeLoad('single-stream', { maxDurationMs: 95 });
    expect(end).toEqual({ endedBy: 'max-duration', doneCount: 10 });
    expect(clock.nowNs()).toBe(100 * ms);
  });

  it('hands over 8 samples a query in multi-stream, with one row for them', async () => {
    const { end, rows, target } = await wholeLoad('multi-stream', {}, { samplesPerQuery: 8 });
    expect(end.doneCount).toBe(64);
    expect(rows.rowCount()).toBe(64);
    expect(target.queries[1]?.samples).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('ends when the order has no more queries', () => {
    const { core, target, pollAt } = loadInSteps({
      scenario: 'single-stream',
      source: evenSource({ queryCountMax: 1 }),
    });
    expect(pollAt(0)).toBeUndefined();
    core.sink.complete(0, 0);
    expect(pollAt(1)).toEqual({ endedBy: 'complete', doneCount: 1 });
    expect(target.queries).toHaveLength(1);
  });

  it('takes a completion at the instant of the deadline as late, given up by a poll or not', () => {
    for (const isPolledFirst of [true, false]) {
      const { core, rows, pollAt } = loadInSteps({ scenario: 'single-stream' });
      pollAt(0);
      core.sink.complete(0, 499_999_999);
      pollAt(499.999999);
      const end = isPolledFirst ? pollAt(999.999999) : undefined;
      core.sink.complete(1, 999_999_999);
      expect((end ?? pollAt(1000))?.endedBy).toBe('query-failed');
      // After the end nothing is heard.
      expect(rowCounts(rows)).toEqual({
        completed: 1,
        lost: 1,
        ...(isPolledFirst ? {} : { late: 1 }),
      });
    }
  });
});

describe('staging', () => {
  it('is not timed, and the query is issued by the poll after it', async () => {
    const staged: number[][] = [];
    const settle = Promise.withResolvers<void>();
    let wakeCount = 0;
    const clock = fakeClock();
    const target = {
      ...scriptedTarget(clock, () => undefined),
      stage: (samples: Uint32Array) => {
        staged.push([...samples]);
        return settle.promise;
      },
    };
    const load = loadInSteps({
      scenario: 'single-stream',
      target,
      onWake: () => {
        wakeCount += 1;
      },
    });
    load.pollAt(0);
    expect(staged).toEqual([[0]]);
    expect(load.core.dueAtNs()).toBe(stageDeadlineMs * ms);
    load.clock.advanceMs(700);
    settle.resolve();
    await settle.promise;
    await Promise.resolve();
    await Promise.resolve();
    expect(wakeCount).toBe(1);
    expect(load.core.dueAtNs()).toBe(0);
    load.pollAt(700);
    expect(load.core.tally().issuedCount).toBe(1);
    load.core.sink.complete(0, 703 * ms);
    expect(load.rows.row(0)).toMatchObject({ scheduledAtNs: 700 * ms, latencyNs: 3 * ms });
  });

  it.each([
    {
      how: 'hangs',
      stage: () => new Promise<void>(() => undefined),
      endsAtMs: stageDeadlineMs,
      code: 'dut/timeout',
    },
    {
      how: 'rejects',
      stage: () => Promise.reject(labError('dut/load-failed', 'no room')),
      endsAtMs: 0,
      code: 'dut/load-failed',
    },
    {
      how: 'throws',
      stage: () => {
        throw labError('dut/load-failed', 'no room');
      },
      endsAtMs: 0,
      code: 'dut/load-failed',
    },
  ] as const)('that $how ends the load without a row', async ({ stage, endsAtMs, code }) => {
    const clock = fakeClock();
    const rows = memoryRows();
    const target = { ...scriptedTarget(clock, () => undefined), stage };
    const end = await clock.runUntil(
      runLoad({
        scenario: 'single-stream',
        source: evenSource(),
        target,
        rows,
        clock,
        limits: { ...shortLimits, maxDurationMs: 1e6 },
        signal: new AbortController().signal,
      }),
    );
    expect(hasCode(end.endedBy === 'query-failed' ? end.error : undefined, code)).toBe(true);
    expect(clock.nowNs()).toBe(endsAtMs * ms);
    expect(rows.rowCount()).toBe(0);
  });
});

describe('a server load', () => {
  it('issues at the scheduled instants whatever is outstanding, and waits for all at the end', async () => {
    const limits = { minDurationMs: 500, minQueryCount: 1 };
    const { end, rows, clock } = await wholeLoad('server', limits, { answerMs: 45, betweenMs: 10 });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 51 });
    expect(rows.row(50)).toEqual({
      scheduledAtNs: 500 * ms,
      issueDelayNs: 0,
      latencyNs: 45 * ms,
      status: rowStatus.completed,
    });
    expect(clock.nowNs()).toBe(545 * ms);
  });

  it('goes on for early stopping until n >= h(t) + t of what has ended', async () => {
    // Answers take 45 ms: when the 44th has ended, 48 or 49 were issued.
    const { end } = await wholeLoad('server', {}, { answerMs: 45, betweenMs: 10 });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 48 });
  });

  it('stops at its minimum when the share over the limit lets early stopping hope for nothing', async () => {
    const limits = { targetLatencyNs: 44 * ms, minQueryCount: 20 };
    const { end } = await wholeLoad('server', limits, { answerMs: 45, betweenMs: 10 });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 20 });
  });

  it('counts a latency strictly over the limit', async () => {
    const limits = { targetLatencyNs: 45 * ms, minQueryCount: 20 };
    const { end } = await wholeLoad('server', limits, { answerMs: 45, betweenMs: 10 });
    expect(end.doneCount).toBe(48);
  });

  it('loses at the ceiling of time what still waits in line', () => {
    const clock = fakeClock();
    const target = scriptedTarget(clock, () => undefined, {
      takes: (_offered, taken) => (taken === 0 ? 1 : 0),
    });
    const load = loadInSteps({ scenario: 'server', target, limits: { maxDurationMs: 35 } });
    for (const at of [0, 10, 20, 30]) load.pollAt(at);
    expect(load.pollAt(35)).toBeUndefined();
    expect(rowCounts(load.rows)).toEqual({ lost: 3 });
    expect(load.rows.row(0)).toMatchObject({ scheduledAtNs: 10 * ms, issueDelayNs: 25 * ms });
    load.core.sink.complete(0, 40 * ms);
    expect(load.pollAt(41)).toEqual({ endedBy: 'max-duration', doneCount: 1 });
    expect(load.core.tally()).toMatchObject({ issuedCount: 4, completedCount: 1, lostCount: 3 });
  });

  it('ends as decided when the caller has found out enough, with a row for all that was due', () => {
    const seen: number[] = [];
    const load = loadInSteps({
      scenario: 'server',
      isDecided: ({ completedCount, overLimitCount }) => {
        seen.push(overLimitCount);
        return completedCount === 2;
      },
      limits: { targetLatencyNs: 1 * ms },
    });
    for (const at of [0, 10, 20]) load.pollAt(at);
    load.core.sink.complete(0, 20 * ms);
    load.core.sink.complete(2, 20 * ms);
    expect(load.pollAt(30)).toBeUndefined();
    load.core.sink.complete(1, 30 * ms);
    expect(load.pollAt(31)).toEqual({ endedBy: 'decided', doneCount: 3 });
    expect(load.target.queries).toHaveLength(3);
    expect(seen).toEqual([1, 1]);
  });

  it('tells late from duplicate for a lost query that thousands have overtaken', async () => {
    const rows = memoryRows();
    const clock = fakeClock();
    const target = scriptedTarget(clock, ({ queryId, index }, { sink, after }) => {
      if (index === 3) {
        after(600, () => {
          sink.complete(queryId, clock.nowNs());
          sink.complete(queryId, clock.nowNs());
        });
      } else if (index !== 7 && index !== 9) sink.complete(queryId, clock.nowNs());
      else if (index === 7) after(490, () => sink.complete(queryId, clock.nowNs()));
    });
    const { signal } = new AbortController();
    const limits = { ...shortLimits, outstandingCountMax: 8, minDurationMs: 1000 };
    const source = evenSource({ betweenMs: 0.1 });
    const end = await clock.runUntil(
      runLoad({ scenario: 'server', source, target, rows, clock, limits, signal }),
    );
    expect(end).toMatchObject({ endedBy: 'complete', doneCount: 9999 });
    expect(rowCounts(rows)).toEqual({ completed: 9999, lost: 2, late: 1, duplicate: 1 });
    const slow = Array.from({ length: rows.rowCount() }, (_, index) => rows.row(index)).find(
      ({ latencyNs, status }) => status === rowStatus.completed && latencyNs > 400 * ms,
    );
    expect(slow?.scheduledAtNs).toBe(0.7 * ms);
    expect(slow?.latencyNs).toBeCloseTo(490 * ms, -1);
  });
});

describe('a load of any scenario', () => {
  it('records what the device tells besides, and takes no nonsense from it', () => {
    const { core, rows, pollAt } = loadInSteps({ scenario: 'server' });
    for (const at of [0, 10, 20]) pollAt(at);
    core.sink.complete(0, 21 * ms, { deviceDurationNs: 5, firstTokenAtNs: 7 * ms, tokenCount: 9 });
    core.sink.complete(1, 21 * ms, {
      deviceDurationNs: Number.NEGATIVE_INFINITY,
      firstTokenAtNs: 3,
    });
    core.sink.complete(2, 21 * ms);
    expect(rows.details(0)).toEqual({ deviceDurationNs: 5, firstTokenNs: 7 * ms, tokenCount: 9 });
    const none = { deviceDurationNs: Number.NaN, firstTokenNs: Number.NaN, tokenCount: 0 };
    expect([rows.details(1), rows.details(2)]).toEqual([none, none]);
  });

  it('writes 100 000 rows of events at most, counts the others and tells of the first thousand', () => {
    const told: string[] = [];
    const { core, rows, pollAt } = loadInSteps({
      scenario: 'single-stream',
      onTrouble: ({ kind }) => told.push(kind),
    });
    pollAt(0);
    for (let count = 0; count < eventRowCountMax + 50; count += 1) core.sink.complete(77, 5);
    expect(rowCounts(rows)).toEqual({ unknown: eventRowCountMax });
    expect(core.tally().unknownCount).toBe(eventRowCountMax + 50);
    expect(told).toEqual(Array.from({ length: 1000 }, () => 'unknown'));
  });

  it('throws the error of its row writer from poll, not into the target', () => {
    const failure = new Error('disk full');
    const rows = {
      add: () => {
        throw failure;
      },
      rowCount: () => 0,
    };
    const { core, pollAt } = loadInSteps({ scenario: 'single-stream', rows });
    pollAt(0);
    expect(() => core.sink.complete(0, 5)).not.toThrow();
    expect(() => pollAt(1)).toThrow(failure);
  });

  it('is aborted without a row for what is outstanding, and hears nothing after', () => {
    for (const scenario of ['single-stream', 'server', 'offline'] as const) {
      const { core, rows, pollAt } = loadInSteps({ scenario });
      pollAt(0);
      core.sink.complete(0, 1);
      const before = rows.rowCount();
      expect(core.abort()).toEqual({ endedBy: 'aborted', doneCount: 1 });
      core.sink.complete(1, 2);
      core.sink.completeRange(1, 5, 2);
      core.sink.fail(1, 2, new Error('late'));
      expect(rows.rowCount()).toBe(before);
      expect(pollAt(5)).toEqual({ endedBy: 'aborted', doneCount: 1 });
    }
  });

  it('says how many queries there will be and how many early stopping still needs', () => {
    const stream = loadInSteps({ scenario: 'single-stream', limits: { minDurationMs: 1000 } });
    stream.pollAt(0);
    expect(stream.core.progress()).toEqual({ doneCount: 0, totalCount: 64, moreNeededCount: 64 });
    stream.core.sink.complete(0, 5 * ms);
    // Reckoned every 100 ms only.
    expect(stream.core.progress().doneCount).toBe(0);
    stream.pollAt(100);
    expect(stream.core.progress()).toEqual({ doneCount: 1, totalCount: 200, moreNeededCount: 63 });
    const server = loadInSteps({ scenario: 'server', limits: { targetLatencyNs: 1 * ms } });
    server.pollAt(0);
    server.core.sink.complete(0, 2 * ms);
    expect(server.core.progress()).toEqual({ doneCount: 1, totalCount: 64, moreNeededCount: 63 });
    const offline = loadInSteps({ scenario: 'offline', limits: { minQueryCount: 7 } });
    offline.pollAt(0);
    expect(offline.core.progress()).toEqual({ doneCount: 0, totalCount: 7 });
  });

  it('says when it has something to do by time alone', () => {
    const server = loadInSteps({ scenario: 'server', limits: { maxDurationMs: 1000 } });
    expect(server.core.dueAtNs()).toBe(0);
    server.pollAt(0);
    expect(server.core.dueAtNs()).toBe(10 * ms);
    const stream = loadInSteps({ scenario: 'single-stream' });
    stream.pollAt(1);
    expect(stream.core.dueAtNs()).toBe(501 * ms);
    stream.core.sink.complete(0, 2 * ms);
    expect(stream.core.dueAtNs()).toBe(0);
    expect(assertDefined(stream.target.queries[0], 'one was issued').queryId).toBe(0);
  });
});
