import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { deriveResults } from './derive-results.ts';
import { latenciesAtRanks } from './load/latencies-at-ranks.ts';
import { rowStatus } from './raw/query-row.ts';
import { judgeRun } from './rules.ts';
import { logOfRows, type TestRow } from './testing/log-of-rows.ts';
import { testServerSettings, testSettings } from './testing/test-settings.ts';

const ms = 1e6;

function derived(rows: readonly TestRow[], change: Partial<RunSettings> = {}) {
  return deriveResults({ queries: logOfRows(rows) }, { ...testSettings, ...change }, []);
}

/** 100 queries of 1 to 100 ms, one after the other, 1 ms between them. */
const stream: readonly TestRow[] = Array.from({ length: 100 }, (_, row) => ({
  scheduledAtNs: 5 * ms + (row * (row + 1) * ms) / 2 + row * ms,
  latencyNs: (row + 1) * ms,
}));

describe('results of a stream', () => {
  it('are the numbers of the sheet: sorted[floor(n p)], sorted[n - t], 1 / mean, (n - 1) / last issue', () => {
    const results = derived(stream);
    expect(results.latency).toEqual({
      queryCount: 100,
      failedQueryCount: 0,
      minNs: 1 * ms,
      meanNs: 50.5 * ms,
      p50Ns: 51 * ms,
      p90Ns: 91 * ms,
      p95Ns: 96 * ms,
      p97Ns: 98 * ms,
      p99Ns: 100 * ms,
      p999Ns: 100 * ms,
      maxNs: 100 * ms,
      earlyStopping: { percentile: 0.9, met: true, latencyNs: 98 * ms, queriesNeeded: 0 },
    });
    expect(results.throughput).toEqual({
      samplesPerSecond: 1000 / 50.5,
      basis: 'mean-latency',
      windowSamplesPerSecond: [],
    });
    // The last issue is at 99 * 100 / 2 + 99 ms after the first.
    expect(results.load).toEqual({
      queryCount: 100,
      completedCount: 100,
      failedCount: 0,
      lostCount: 0,
      lateCount: 0,
      duplicateCount: 0,
      unknownCount: 0,
      atPercentileNs: 91 * ms,
      timedNs: 5050 * ms,
      lastScheduledAtNs: 5049 * ms,
      scheduledPerSecond: (99 * 1e9) / (5049 * ms),
    });
  });

  it('of 8 samples a query are 8 over the mean latency of a query', () => {
    const results = derived(stream, { scenario: 'multi-stream', samplesPerQuery: 8 });
    expect(results.throughput).toMatchObject({ samplesPerSecond: 8000 / 50.5 });
  });

  it('without a completion have no latency, and count every row', () => {
    const rows = [
      { status: rowStatus.failed },
      { status: rowStatus.lost, scheduledAtNs: 7 },
      { status: rowStatus.late, latencyNs: 5 },
      { status: rowStatus.duplicate, latencyNs: 5 },
      { status: rowStatus.unknown, scheduledAtNs: 9 * ms },
    ];
    expect(derived(rows)).toEqual({
      load: {
        queryCount: 2,
        completedCount: 0,
        failedCount: 1,
        lostCount: 1,
        lateCount: 1,
        duplicateCount: 1,
        unknownCount: 1,
        timedNs: 0,
        lastScheduledAtNs: 7,
        scheduledPerSecond: 1e9 / 7,
      },
    });
  });
});

describe('results of a server load', () => {
  const rows: readonly TestRow[] = [
    { scheduledAtNs: 100 * ms, latencyNs: 5 * ms, issueDelayNs: 10 },
    { scheduledAtNs: 120 * ms, latencyNs: 5 * ms, issueDelayNs: 30 },
    { scheduledAtNs: 130 * ms, latencyNs: 10 * ms, issueDelayNs: 40 },
    // The second query ends last, 40 ms after its scheduled instant.
    { scheduledAtNs: 110 * ms, latencyNs: 40 * ms, issueDelayNs: 20 },
  ];

  it('count from the schedule: rates, over the limit, outstanding, issue delay', () => {
    const { load, throughput, latency } = derived(rows, testServerSettings);
    expect(load).toMatchObject({
      queryCount: 4,
      overLimitCount: 1,
      outstandingAtEndCount: 2,
      lastScheduledAtNs: 30 * ms,
      scheduledPerSecond: 100,
      completedPerSecond: (3 * 1e9) / (40 * ms),
      issueDelay: { p50Ns: 30, p90Ns: 40, p99Ns: 40, p999Ns: 40, maxNs: 40 },
    });
    expect(throughput).toMatchObject({ samplesPerSecond: 75, basis: 'completed-rate' });
    // h(1) + 1 = 662 at p99, less the 4.
    expect(latency?.earlyStopping).toEqual({
      percentile: 0.99,
      met: false,
      latencyNs: null,
      queriesNeeded: 658,
    });
  });

  it('over the limit is strictly greater', () => {
    const at = derived([{ latencyNs: 10 * ms }], testServerSettings);
    expect(at.load?.overLimitCount).toBe(0);
    const over = derived([{ latencyNs: 10 * ms + 1 }], testServerSettings);
    expect(over.load?.overLimitCount).toBe(1);
  });

  it('are proven by 459 queries without one over the limit, by 662 with one', () => {
    const queries = (count: number, overCount: number): TestRow[] =>
      Array.from({ length: count }, (_, row) => ({
        scheduledAtNs: row * 10 * ms,
        latencyNs: row < overCount ? 11 * ms : 9 * ms,
      }));
    const stopping = (count: number, overCount: number) =>
      derived(queries(count, overCount), testServerSettings).latency?.earlyStopping;
    expect(stopping(458, 0)).toMatchObject({ met: false, queriesNeeded: 1 });
    expect(stopping(459, 0)).toMatchObject({ met: true, queriesNeeded: 0 });
    expect(stopping(661, 1)).toMatchObject({ met: false, queriesNeeded: 1 });
    expect(stopping(662, 1)).toMatchObject({ met: true, queriesNeeded: 0 });
  });

  it('with tokens: time per further token is an integer division, tokens per second run to the last completion', () => {
    const { tokens, load } = derived(
      [
        { scheduledAtNs: 0, latencyNs: 101 * ms, firstTokenNs: 20 * ms, tokenCount: 5 },
        { scheduledAtNs: 10 * ms, latencyNs: 90 * ms, firstTokenNs: 30 * ms, tokenCount: 7 },
      ],
      { ...testServerSettings, ttftTargetNs: 25 * ms, tpotTargetNs: 15 * ms },
    );
    expect(tokens).toMatchObject({
      tokenCount: 12,
      tokensPerSecond: 120,
      ttft: { minNs: 20 * ms, maxNs: 30 * ms, p50Ns: 30 * ms },
      tpot: { minNs: 10 * ms, maxNs: 20.25 * ms, p50Ns: 20.25 * ms },
      ttftOverCount: 1,
      tpotOverCount: 1,
      ttftEarlyStoppingMet: false,
      tpotEarlyStoppingMet: false,
    });
    expect(load?.tokenCount).toBe(12);
    const one = derived(
      [
        { latencyNs: 10, firstTokenNs: 1, tokenCount: 5 },
        { latencyNs: 9, firstTokenNs: 9, tokenCount: 1 },
      ],
      testServerSettings,
    );
    expect(one.tokens?.tpot).toMatchObject({ minNs: 2, maxNs: 2 });
  });
});

describe('results of an offline load', () => {
  it('are samples, and tokens, over the largest latency', () => {
    const rows = [1, 2, 3, 4].map((s) => ({ latencyNs: s * 1e9, tokenCount: 10 * s }));
    const { throughput, load, tokens } = derived(rows, { scenario: 'offline' });
    expect(throughput).toMatchObject({ samplesPerSecond: 1, basis: 'offline' });
    expect(load).toMatchObject({ tokenCount: 100, tokensPerSecond: 25 });
    expect(tokens).toBeUndefined();
  });
});

describe('results of a search for the highest rate', () => {
  const probe = (targetQps: number, latencyNs: number) => ({
    file: `raw/probes/${targetQps}.bin`,
    targetQps,
    endedEarly: true,
    log: logOfRows(
      Array.from({ length: 500 }, (_, row) => ({ scheduledAtNs: row * 1000, latencyNs })),
    ),
  });

  const peak = {
    startQps: 100,
    resolution: 0.02,
    probeMinDurationMs: 0,
    probeMaxDurationMs: 1000,
    probeCountMax: 30,
  };

  it('decide every probe again from its queries', () => {
    const settings: RunSettings = { ...testServerSettings, scenario: 'find-peak', peak };
    const raw = { probes: [probe(100, 5 * ms), probe(200, 11 * ms)] };
    const results = deriveResults(raw, settings, []);
    expect(results.peak).toMatchObject({ peakQps: 100, breaksAtQps: 200, confidence: 0.98 });
    expect(results.peak?.probes).toMatchObject([
      { decision: 'holds', queryCount: 500, overLimitCount: 0, percentileNs: 5 * ms },
      { decision: 'breaks', overLimitCount: 500, durationMs: 0.499 },
    ]);
    const { verdict } = judgeRun({ settings, results, raw, wallClockStepMs: 0 });
    expect(verdict).toBe('pass');
  });

  it('break at a rate whose queue grew to its bound, whatever its latencies were', () => {
    const settings: RunSettings = {
      ...testServerSettings,
      scenario: 'find-peak',
      outstandingCountMax: 500,
      peak,
    };
    const results = deriveResults({ probes: [probe(100, 5 * ms)] }, settings, []);
    expect(results.peak).toMatchObject({ peakQps: null, breaksAtQps: 100 });
  });
});

const rowArbitrary = fc.record({
  scheduledAtNs: fc.nat(1000),
  issueDelayNs: fc.nat(50),
  latencyNs: fc.nat(30 * ms),
  status: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4, 5),
  tokenCount: fc.nat(4),
  firstTokenNs: fc.nat(100),
});

describe('the order of the rows', () => {
  it('changes neither results nor verdict, in any scenario', () => {
    fc.assert(
      fc.property(
        fc
          .array(rowArbitrary, { minLength: 1, maxLength: 60 })
          .chain((rows) =>
            fc.tuple(
              fc.constant(rows),
              fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
            ),
          ),
        fc.constantFrom('single-stream', 'multi-stream', 'server', 'offline'),
        fc.boolean(),
        ([rows, shuffled], scenario, hasTokens) => {
          const settings: RunSettings = {
            ...testServerSettings,
            scenario,
            ...(hasTokens ? { ttftTargetNs: 50, tpotTargetNs: 5 * ms } : {}),
          };
          const judge = (given: readonly TestRow[]) => {
            const raw = { queries: logOfRows(given) };
            const results = deriveResults(raw, settings, []);
            return { results, judged: judgeRun({ settings, results, raw, wallClockStepMs: 0 }) };
          };
          expect(judge(shuffled)).toEqual(judge(rows));
        },
      ),
    );
  });
});

describe('ranks of a log', () => {
  it('are those of its completed latencies', () => {
    const rows = [
      { latencyNs: 30, issueDelayNs: 3 },
      { latencyNs: 10, issueDelayNs: 1 },
      { status: rowStatus.lost, issueDelayNs: 2 },
      { status: rowStatus.late, latencyNs: 99, issueDelayNs: 9 },
    ];
    const log = logOfRows(rows);
    const all = (count: number): number[] => Array.from({ length: count }, (_, rank) => rank);
    expect([...latenciesAtRanks(log, all).values()]).toEqual([10, 30]);
  });
});
