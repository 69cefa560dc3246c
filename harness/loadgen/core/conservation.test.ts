import fc from 'fast-check';
import { expect, it } from 'vitest';

import { rowStatus } from '#harness/judge/raw/query-row.ts';

import { fakeClock } from '../fake-clock.ts';
import { memoryRows, type MemoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { evenSource } from '../testing/even-source.ts';
import { rowCounts } from '../testing/row-counts.ts';
import { scriptedTarget, type Script } from '../testing/scripted-target.ts';
import type { LoadScenario } from './load-core-options.ts';
import { loadCore } from './load-core.ts';

const kinds = ['answer', 'drop', 'fail', 'throw', 'twice', 'past', 'stranger', 'at once'] as const;

interface Act {
  readonly kind: (typeof kinds)[number];
  readonly delayMs: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('answer' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...kinds) },
  ),
  delayMs: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 90 })),
});

/** Follows the acts, over and over. */
function actor(acts: readonly Act[]): Script {
  return ({ queryId, index }, { clock, sink, after }) => {
    const { kind, delayMs } = acts[index % acts.length] ?? { kind: 'answer', delayMs: 1 };
    const answer = (offsetNs = 0): void => sink.complete(queryId, clock.nowNs() + offsetNs);
    if (kind === 'throw') throw new Error('thrown');
    if (kind === 'at once') {
      clock.advanceMs(0.1);
      answer();
    }
    if (kind === 'stranger') sink.complete(queryId + 1e6, clock.nowNs());
    after(Math.max(0.001, delayMs), () => {
      if (kind === 'answer' || kind === 'twice') answer();
      if (kind === 'twice') answer();
      if (kind === 'past') answer(-200e6);
      if (kind === 'fail') sink.fail(queryId, clock.nowNs(), new Error('refused'));
    });
  };
}

const runs = fc.record({
  scenario: fc.constantFrom<LoadScenario>('single-stream', 'multi-stream', 'server', 'offline'),
  acts: fc.array(act, { minLength: 1, maxLength: 40 }),
  outstandingCountMax: fc.integer({ min: 1, max: 40 }),
  takesAtMost: fc.integer({ min: 0, max: 5 }),
  countMultiple: fc.integer({ min: 1, max: 7 }),
  abortAfterMs: fc.option(fc.integer({ min: 1, max: 300 })),
});

type Run = typeof runs extends fc.Arbitrary<infer Value> ? Value : never;

const queryDeadlineMs = 50;
const betweenMs = 2;

async function drive(run: Run) {
  const clock = fakeClock();
  const rows = memoryRows();
  const takes = (offeredCount: number): number => Math.min(offeredCount, run.takesAtMost);
  const target = scriptedTarget(clock, actor(run.acts), { takes });
  const source = evenSource({ betweenMs: run.scenario === 'server' ? betweenMs : 0 });
  const { outstandingCountMax, countMultiple } = run;
  const core = loadCore({
    scenario: run.scenario,
    source,
    target,
    rows,
    clock,
    limits: {
      minDurationMs: 150,
      minQueryCount: 30,
      maxDurationMs: 400,
      queryDeadlineMs,
      percentile: 0.9,
      outstandingCountMax,
      countMultiple,
    },
  });
  const pump = async () => {
    for (;;) {
      if (run.abortAfterMs !== null && clock.nowNs() >= run.abortAfterMs * 1e6) return core.abort();
      const end = core.poll(clock.nowNs());
      if (end !== undefined) return end;
      await clock.sleep(Math.min(1, Math.max(0.01, (core.dueAtNs() - clock.nowNs()) / 1e6)));
    }
  };
  const end = await clock.runUntil(pump());
  return { end, rows, core, clock };
}

/** The schedule's instants that have a row, as numbers of queries, ascending. */
function scheduledQueries(rows: MemoryRows): number[] {
  return Array.from({ length: rows.rowCount() }, (_, index) => rows.row(index))
    .filter(({ status }) => status <= rowStatus.lost)
    .map(({ scheduledAtNs }) => scheduledAtNs / (betweenMs * 1e6))
    .toSorted((a, b) => a - b);
}

const everyKind = { completed: 0, failed: 0, lost: 0, late: 0, duplicate: 0, unknown: 0 };

it('gives every issued query exactly one row, whatever a device does', async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (run) => {
      const { end, rows, core, clock } = await drive(run);
      const tally = core.tally();
      const { issuedCount, completedCount, failedCount, lostCount } = tally;
      expect({ ...everyKind, ...rowCounts(rows) }).toEqual({
        completed: completedCount,
        failed: failedCount,
        lost: lostCount,
        late: tally.lateCount,
        duplicate: tally.duplicateCount,
        unknown: tally.unknownCount,
      });
      const openCount = issuedCount - completedCount - failedCount - lostCount;
      const openCountMax = end.endedBy === 'aborted' ? run.outstandingCountMax : 0;
      expect(openCount).toBeGreaterThanOrEqual(0);
      expect(openCount).toBeLessThanOrEqual(openCountMax);
      expect(end.doneCount).toBe(completedCount);
      expect(clock.nowNs()).toBeLessThanOrEqual((400 + queryDeadlineMs + 7) * 1e6);
      const passCount = end.endedBy === 'complete' ? issuedCount / run.countMultiple : 0;
      expect(Number.isInteger(passCount)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it('has a row for each instant of a server schedule up to its end: none twice, left out or moved', async () => {
  const serverRuns = runs.map((run) => ({
    ...run,
    scenario: 'server' as const,
    abortAfterMs: null,
  }));
  await fc.assert(
    fc.asyncProperty(serverRuns, async (run) => {
      const { rows, core } = await drive(run);
      const { issuedCount } = core.tally();
      expect(scheduledQueries(rows)).toEqual(
        Array.from({ length: issuedCount }, (_, query) => query),
      );
    }),
    { numRuns: 200 },
  );
});

it('keeps the schedule of a server whose target takes nothing now and then', async () => {
  const clock = fakeClock();
  clock.advanceMs(11);
  const rows = memoryRows();
  const isBusy = (): boolean => Math.floor(clock.nowNs() / 40e6) % 2 === 1;
  const target = scriptedTarget(
    clock,
    ({ queryId }, { sink, after }) => after(1, () => sink.complete(queryId, clock.nowNs())),
    { takes: (offeredCount) => (isBusy() ? 0 : offeredCount) },
  );
  const end = await clock.runUntil(
    runLoad({
      scenario: 'server',
      source: evenSource({ betweenMs: 3 }),
      target,
      rows,
      clock,
      limits: {
        minDurationMs: 600,
        minQueryCount: 1,
        maxDurationMs: 5000,
        queryDeadlineMs: 500,
        percentile: 0.9,
        outstandingCountMax: 64,
      },
      signal: new AbortController().signal,
    }),
  );
  expect(end).toEqual({ endedBy: 'complete', doneCount: 201 });
  const all = Array.from({ length: 201 }, (_, index) => rows.row(index));
  expect(all.map((row) => row.scheduledAtNs).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 201 }, (_, query) => (11 + 3 * query) * 1e6),
  );
  // What waited in line says for how long, and its latency counts from the schedule.
  const delayed = all.filter((row) => row.issueDelayNs > 1e6);
  expect(delayed.length).toBeGreaterThan(50);
  for (const row of all) expect(row.latencyNs).toBeCloseTo(row.issueDelayNs + 1e6, -1);
});
