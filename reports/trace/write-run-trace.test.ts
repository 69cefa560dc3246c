import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';

import { rowStatus } from '#harness/judge/raw/query-row.ts';

import { layoutRun } from '../export/testing/layout-run.ts';
import { queryLogOf, type TestRow } from '../export/testing/query-log-of.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { outstandingPoints } from './outstanding-count.ts';
import { traceQueryCountMax, writeRunTrace, type WrittenTrace } from './write-run-trace.ts';

const TraceSchema = Type.Object({
  traceEvents: Type.Array(
    Type.Object({
      ph: Type.String(),
      name: Type.String(),
      pid: Type.Integer(),
      tid: Type.Optional(Type.Integer()),
      ts: Type.Optional(Type.Number()),
      dur: Type.Optional(Type.Number()),
      id: Type.Optional(Type.String()),
      cat: Type.Optional(Type.String()),
      args: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
  displayTimeUnit: Type.Union([Type.Literal('ns'), Type.Literal('ms')]),
  otherData: Type.Record(Type.String(), Type.Unknown()),
});

const rows: readonly TestRow[] = [
  { scheduledAtNs: 5_000_000_000, issueDelayNs: 250, latencyNs: 1_000_001 },
  { scheduledAtNs: 5_000_500_000, latencyNs: 1_000_000 },
  { scheduledAtNs: 5_001_000_000, latencyNs: Number.NaN, status: rowStatus.lost },
  { scheduledAtNs: 5_001_000_000, latencyNs: 20e9, status: rowStatus.late },
  { scheduledAtNs: 5_002_000_000, latencyNs: Number.NaN, status: rowStatus.failed },
];

async function traceOf(
  options: { readonly rows?: readonly TestRow[]; readonly queryCountMax?: number } = {},
): Promise<{ trace: Type.Static<typeof TraceSchema>; written: WrittenTrace; left: string[] }> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'run.trace.json');
  const { record } = layoutRun('server').run;
  const windows = [{ inferenceCount: 7, startedAtNs: 6e9, endedAtNs: 7e9 }];
  const source = { record, queries: queryLogOf(options.rows ?? rows), windows };
  const written = writeRunTrace(path, source, { queryCountMax: options.queryCountMax ?? 100 });
  const trace = Value.Parse(TraceSchema, JSON.parse(await readFile(path, 'utf8')));
  return { trace, written, left: await readdir(folder.path) };
}

describe('the trace of a run', () => {
  it('is JSON of the trace event format, and leaves no draft', async () => {
    const { trace, left } = await traceOf();
    expect(left).toEqual(['run.trace.json']);
    expect(trace.displayTimeUnit).toBe('ns');
    expect(new Set(trace.traceEvents.map(({ ph }) => ph))).toEqual(
      new Set(['M', 'X', 'C', 'b', 'e', 'i']),
    );
  });

  it('gives phases and windows as spans in microseconds', async () => {
    const { trace } = await traceOf();
    const spans = trace.traceEvents.filter(({ ph }) => ph === 'X');
    expect(spans).toMatchObject([
      { name: 'measuring', ts: 1e6, dur: 619e6 },
      { name: 'window 1', ts: 6e6, dur: 1e6, args: { inferences: 7 } },
    ]);
  });

  it('pairs every begin with one end, not before it; ids grow', async () => {
    const { trace } = await traceOf();
    const begins = trace.traceEvents.filter(({ ph }) => ph === 'b');
    const ends = trace.traceEvents.filter(({ ph }) => ph === 'e');
    expect(begins.map(({ id }) => id)).toEqual(['0x1', '0x2', '0x3', '0x5']);
    expect(ends.map(({ id }) => id)).toEqual(begins.map(({ id }) => id));
    for (const [place, { ts }] of ends.entries())
      expect(ts).toBeGreaterThanOrEqual(begins[place]?.ts ?? Number.POSITIVE_INFINITY);
  });

  it('tells of each query what is known, to the nanosecond', async () => {
    const { trace } = await traceOf();
    expect(trace.traceEvents.find(({ ph }) => ph === 'b')).toMatchObject({
      ts: 5_000_000,
      args: {
        status: 'completed',
        scheduled_ns: 5_000_000_000,
        issue_delay_ns: 250,
        latency_ns: 1_000_001,
      },
    });
    expect(trace.traceEvents.find(({ ph }) => ph === 'e')?.ts).toBe(5_001_000.001);
  });

  it('ends a lost query at its deadline of 10 s and shows the late completion as an instant', async () => {
    const { trace } = await traceOf();
    const lost = trace.traceEvents.find(({ ph, id }) => ph === 'e' && id === '0x3');
    expect(lost?.ts).toBe(15_001_000);
    expect(trace.traceEvents.find(({ ph }) => ph === 'i')).toMatchObject({
      name: 'late completion',
      ts: 25_001_000,
    });
  });

  it('names process and threads', async () => {
    const { trace } = await traceOf();
    const named = trace.traceEvents.filter(({ name }) => name.endsWith('_name'));
    expect(named.map(({ args }) => args?.['name'])).toEqual([
      'run run-demo-server: Keyword spotting, server, on Demo board A',
      'phases of the run',
      'throughput windows',
      'queries',
    ]);
  });

  it('of a long log traces evenly spaced queries and says which', async () => {
    const many = Array.from({ length: 1000 }, (_, place) => ({
      scheduledAtNs: place * 1000,
      latencyNs: 500,
    }));
    const { trace, written } = await traceOf({ rows: many, queryCountMax: 300 });
    expect(written).toMatchObject({ queryCount: 1000, tracedQueryCount: 250 });
    const begins = trace.traceEvents.filter(({ ph }) => ph === 'b');
    expect(begins.map(({ ts }) => ts).slice(0, 3)).toEqual([0, 4, 8]);
    expect(trace.otherData['queries']).toBe(
      'every 4th of the 1000 rows of the query log, in the order in which queries ended',
    );
    const counts = trace.traceEvents.filter(({ ph }) => ph === 'C').length;
    expect(counts).toBeGreaterThan(1000);
  });

  it('holds 200 000 queries unless told otherwise, as the help of the command says', () => {
    expect(traceQueryCountMax).toBe(200_000);
  });

  it('of a log without rows has spans only', async () => {
    const { trace, written } = await traceOf({ rows: [] });
    expect(written.tracedQueryCount).toBe(0);
    expect(trace.traceEvents.map(({ ph }) => ph)).not.toContain('b');
  });
});

describe('the number of outstanding queries', () => {
  it('counts every query exactly at each instant and ends at 0', () => {
    const log = queryLogOf([
      { scheduledAtNs: 0, latencyNs: 30 },
      { scheduledAtNs: 10, latencyNs: 30 },
      { scheduledAtNs: 20, latencyNs: 80 },
    ]);
    const span = { startNs: 0, endNs: 100 };
    expect(outstandingPoints(log, span, { pointCount: 10, queryDeadlineMs: 1 })).toEqual([
      { atNs: 0, count: 1 },
      { atNs: 10, count: 2 },
      { atNs: 20, count: 3 },
      { atNs: 30, count: 2 },
      { atNs: 40, count: 1 },
      { atNs: 100, count: 0 },
    ]);
  });
});
