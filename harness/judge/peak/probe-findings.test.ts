import { describe, expect, it } from 'vitest';

import type { QueryLog } from '../raw/query-blocks.ts';
import { rowStatus } from '../raw/query-row.ts';
import { probeFindings } from './probe-findings.ts';

interface Row {
  readonly atMs: number;
  readonly latencyMs: number;
  readonly status?: number;
}

function logOf(rows: readonly Row[]): QueryLog {
  return {
    rowCount: rows.length,
    scan: (visit) =>
      visit({
        rowCount: rows.length,
        scheduledAtNs: Float64Array.from(rows, ({ atMs }) => atMs * 1e6),
        issueDelayNs: new Float64Array(rows.length),
        latencyNs: Float64Array.from(rows, ({ latencyMs }) => latencyMs * 1e6),
        status: Uint8Array.from(rows, ({ status = rowStatus.completed }) => status),
      }),
  };
}

const question = { percentile: 0.9, targetLatencyNs: 10e6 };
const calm = { isOverloaded: false };
const quick = Array.from({ length: 44 }, (_none, query) => ({ atMs: query, latencyMs: 1 }));

describe('what a probe found', () => {
  it('counts late and failed queries as over the limit, and no events', () => {
    const rows = [
      { atMs: 100, latencyMs: 10 },
      { atMs: 110, latencyMs: 10.000001 },
      { atMs: 120, latencyMs: Number.NaN, status: rowStatus.failed },
      { atMs: 110, latencyMs: 60, status: rowStatus.duplicate },
      { atMs: 999, latencyMs: Number.NaN, status: rowStatus.unknown },
    ];
    const findings = probeFindings(logOf(rows), question, calm);
    expect(findings).toMatchObject({
      queryCount: 3,
      overLimitCount: 2,
      lostCount: 0,
      durationMs: 20,
    });
    expect(findings.meanLatencyNs).toBe(10_000_000.5);
    expect(findings.completedPerSecond).toBeCloseTo(2 / 0.020000001, 6);
  });

  it('holds from 44 queries on at 0.9, when none is late', () => {
    expect(probeFindings(logOf(quick), question, calm).decision).toBe('holds');
    expect(probeFindings(logOf(quick.slice(1)), question, calm).decision).toBe('undecided');
  });

  it('breaks when it was overloaded, or a query was lost', () => {
    expect(probeFindings(logOf(quick), question, { isOverloaded: true }).decision).toBe('breaks');
    const lost = { atMs: 50, latencyMs: Number.NaN, status: rowStatus.lost };
    const findings = probeFindings(logOf([...quick, lost]), question, calm);
    expect(findings).toMatchObject({ decision: 'breaks', lostCount: 1, overLimitCount: 1 });
  });

  it('of no query is undecided', () => {
    expect(probeFindings(logOf([]), question, calm)).toMatchObject({
      decision: 'undecided',
      queryCount: 0,
      durationMs: 0,
      completedPerSecond: 0,
    });
  });
});
