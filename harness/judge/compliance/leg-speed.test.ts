import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rowStatus } from '../raw/query-row.ts';
import { legSpeed } from './leg-speed.ts';
import { streamLog, syntheticLog } from './testing/synthetic-log.ts';

describe('speed of a leg', () => {
  it('of a stream is the mean latency of its completed queries', () => {
    expect(legSpeed(streamLog([1000, 2000, 6000]), 'single-stream')).toMatchObject({
      queryCount: 3,
      completedCount: 3,
      unansweredCount: 0,
      meanLatencyNs: 3000,
      comparedNs: 3000,
      spanNs: 9000,
    });
  });

  it('of a server is the median latency, sorted[floor(n / 2)]', () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(latencies, (latenciesNs) => {
        const sorted = latenciesNs.toSorted((left, right) => left - right);
        const { comparedNs } = legSpeed(streamLog(latenciesNs), 'server');
        expect(comparedNs).toBe(sorted[Math.floor(sorted.length / 2)]);
      }),
    );
  });

  it('of an offline leg is its duration over its samples', () => {
    const rows = [2000, 5000, 9000].map((latencyNs) => ({ scheduledAtNs: 100, latencyNs }));
    expect(legSpeed(syntheticLog(rows), 'offline').comparedNs).toBe(3000);
  });

  it('counts failed and lost queries as unanswered, and no late, duplicate or unknown completion', () => {
    const rows = [
      { scheduledAtNs: 0, latencyNs: 1000 },
      { scheduledAtNs: 10, latencyNs: Number.NaN, status: rowStatus.failed },
      { scheduledAtNs: 20, latencyNs: Number.NaN, status: rowStatus.lost },
      { scheduledAtNs: 20, latencyNs: 9_000_000, status: rowStatus.late },
      { scheduledAtNs: 0, latencyNs: 9_000_000, status: rowStatus.duplicate },
      { scheduledAtNs: 7, latencyNs: Number.NaN, status: rowStatus.unknown },
    ];
    expect(legSpeed(syntheticLog(rows), 'server')).toMatchObject({
      queryCount: 3,
      completedCount: 1,
      unansweredCount: 2,
      meanLatencyNs: 1000,
      comparedNs: 1000,
      spanNs: 1000,
    });
  });

  it('is 0 without a completed query', () => {
    const lost = [{ scheduledAtNs: 0, latencyNs: Number.NaN, status: rowStatus.lost }];
    expect(legSpeed(syntheticLog(lost), 'server')).toMatchObject({ queryCount: 1, comparedNs: 0 });
    expect(legSpeed(syntheticLog([]), 'offline')).toMatchObject({ queryCount: 0, spanNs: 0 });
  });

  it('keeps up with a schedule at any steady latency, and falls behind at half its rate', () => {
    const steady = Array.from({ length: 50 }, (_, row) => ({
      scheduledAtNs: row * 1000,
      latencyNs: 700_000,
    }));
    const behind = steady.map(({ scheduledAtNs }) => ({
      scheduledAtNs,
      latencyNs: scheduledAtNs + 500,
    }));
    expect(legSpeed(syntheticLog(steady), 'server').completedShare).toBe(1);
    expect(legSpeed(syntheticLog(behind), 'server').completedShare).toBe(0.5);
  });
});
