import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { fakeClock } from '../fake-clock.ts';
import type { LoadEnd } from '../load-end.ts';
import { memoryRows, type MemoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { evenSource } from '../testing/even-source.ts';
import { rowCounts, type RowCounts } from '../testing/row-counts.ts';
import { scriptedDevice, type DeviceName } from '../testing/scripted-devices.ts';
import type { LoadScenario } from './load-core-options.ts';

const limits = {
  minDurationMs: 700,
  minQueryCount: 20,
  maxDurationMs: 5000,
  queryDeadlineMs: 500,
  percentile: 0.9,
  targetLatencyNs: 100e6,
  outstandingCountMax: 32,
};

/** What must come out: how the load ended, the rows that must be there, and those that must be there at least. */
interface Expected {
  readonly endedBy: LoadEnd['endedBy'];
  readonly code?: 'dut/timeout';
  readonly rows: (counts: RowCounts) => void;
}

const onlyCompleted = (counts: RowCounts): void =>
  expect(Object.keys(counts)).toEqual(['completed']);

function exactly(wanted: RowCounts): (counts: RowCounts) => void {
  return (counts) => expect(counts).toEqual(wanted);
}

function including(wanted: RowCounts): (counts: RowCounts) => void {
  return (counts) => expect(counts).toMatchObject(wanted);
}

const good: Expected = { endedBy: 'complete', rows: onlyCompleted };
const timedOut = { endedBy: 'query-failed', code: 'dut/timeout' } as const;

const streams: Record<DeviceName, Expected> = {
  fast: good,
  slow: good,
  bursty: good,
  stuck: { ...timedOut, rows: exactly({ lost: 1 }) },
  'dropping one': { ...timedOut, rows: exactly({ completed: 5, lost: 1 }) },
  duplicating: { endedBy: 'complete', rows: exactly({ completed: 175, duplicate: 175 }) },
  'answering what was never asked': { endedBy: 'complete', rows: including({ unknown: 1225 }) },
  'late once': { ...timedOut, rows: exactly({ completed: 5, lost: 1 }) },
  refusing: { endedBy: 'query-failed', rows: exactly({ completed: 5, failed: 1 }) },
  throwing: { endedBy: 'query-failed', rows: exactly({ completed: 5, failed: 1 }) },
  'taking nothing': { ...timedOut, rows: exactly({}) },
  'taking no number': { ...timedOut, rows: exactly({}) },
  'stamping the past': { ...timedOut, rows: exactly({ completed: 5, unknown: 1, lost: 1 }) },
  'stamping NaN': { ...timedOut, rows: exactly({ completed: 5, unknown: 1, lost: 1 }) },
};

/** 200 queries per second: 141 lie within 700 ms. */
const server: Record<DeviceName, Expected> = {
  fast: { endedBy: 'complete', rows: exactly({ completed: 141 }) },
  slow: { endedBy: 'complete', rows: exactly({ completed: 141 }) },
  bursty: { endedBy: 'complete', rows: exactly({ completed: 141 }) },
  stuck: { endedBy: 'overloaded', rows: exactly({ lost: 32 }) },
  'dropping one': { endedBy: 'complete', rows: exactly({ completed: 140, lost: 1 }) },
  duplicating: { endedBy: 'complete', rows: exactly({ completed: 141, duplicate: 141 }) },
  'answering what was never asked': {
    endedBy: 'complete',
    rows: exactly({ completed: 141, unknown: 987 }),
  },
  'late once': { endedBy: 'complete', rows: exactly({ completed: 140, lost: 1, late: 1 }) },
  refusing: { endedBy: 'complete', rows: exactly({ completed: 5, failed: 136 }) },
  throwing: { endedBy: 'complete', rows: exactly({ completed: 5, failed: 136 }) },
  'taking nothing': { endedBy: 'overloaded', rows: exactly({ lost: 32 }) },
  'taking no number': { endedBy: 'overloaded', rows: exactly({ lost: 32 }) },
  'stamping the past': {
    endedBy: 'complete',
    rows: exactly({ completed: 140, unknown: 1, lost: 1 }),
  },
  'stamping NaN': { endedBy: 'complete', rows: exactly({ completed: 140, unknown: 1, lost: 1 }) },
};

const offline: Record<DeviceName, Expected> = {
  fast: good,
  slow: good,
  bursty: good,
  stuck: { ...timedOut, rows: exactly({ lost: 32 }) },
  'dropping one': { ...timedOut, rows: including({ lost: 1 }) },
  duplicating: { endedBy: 'complete', rows: including({}) },
  'answering what was never asked': { endedBy: 'complete', rows: including({}) },
  'late once': { ...timedOut, rows: including({ lost: 1 }) },
  refusing: { endedBy: 'query-failed', rows: including({ completed: 5 }) },
  // Nobody knows what it took of the 32 that were offered together.
  throwing: { endedBy: 'query-failed', rows: exactly({ failed: 32 }) },
  'taking nothing': { ...timedOut, rows: exactly({}) },
  'taking no number': { ...timedOut, rows: exactly({}) },
  'stamping the past': { ...timedOut, rows: including({ unknown: 1, lost: 1 }) },
  'stamping NaN': { ...timedOut, rows: including({ unknown: 1, lost: 1 }) },
};

const expectations: Record<LoadScenario, Record<DeviceName, Expected>> = {
  'single-stream': streams,
  'multi-stream': streams,
  server,
  offline,
};

const scenarios = ['single-stream', 'multi-stream', 'server', 'offline'] as const;
const names = [
  'fast',
  'slow',
  'bursty',
  'stuck',
  'dropping one',
  'duplicating',
  'answering what was never asked',
  'late once',
  'refusing',
  'throwing',
  'taking nothing',
  'taking no number',
  'stamping the past',
  'stamping NaN',
] as const satisfies readonly DeviceName[];

async function load(scenario: LoadScenario, name: DeviceName) {
  const clock = fakeClock();
  clock.advanceMs(3);
  const rows = memoryRows();
  const target = scriptedDevice(name, clock);
  const samplesPerQuery = scenario === 'multi-stream' ? 8 : 1;
  const source = evenSource({ betweenMs: scenario === 'server' ? 5 : 0, samplesPerQuery });
  const end = await clock.runUntil(
    runLoad({
      scenario,
      source,
      target,
      rows,
      clock,
      limits,
      signal: new AbortController().signal,
    }),
  );
  return { end, rows, clock, target };
}

function terminalRowCount(rows: MemoryRows): number {
  const { completed = 0, failed = 0, lost = 0 } = rowCounts(rows);
  return completed + failed + lost;
}

describe.each(scenarios)('%s', (scenario) => {
  it.each(names)('ends within its bound with a device that is %s', async (name) => {
    const { end, rows, clock, target } = await load(scenario, name);
    const expected = expectations[scenario][name];
    expect(end.endedBy).toBe(expected.endedBy);
    const error = end.endedBy === 'query-failed' ? end.error : undefined;
    expect(hasCode(error, 'dut/timeout')).toBe(expected.code === 'dut/timeout');
    expected.rows(rowCounts(rows));
    expect(end.doneCount).toBe(rowCounts(rows).completed ?? 0);
    expect(clock.nowNs()).toBeLessThanOrEqual(
      (3 + limits.maxDurationMs + limits.queryDeadlineMs) * 1e6,
    );
    // A query of which the device took hold has one row; so has one given up in the line of a server, and one that
    // was offered together with that at which the device threw.
    const isTakenWhole = !name.startsWith('taking') && name !== 'throwing';
    const rowsOfTaken = isTakenWhole ? terminalRowCount(rows) : target.queries.length;
    expect(rowsOfTaken).toBe(target.queries.length);
  });
});
