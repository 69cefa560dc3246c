import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { PhaseSpan, RuleOutcome, RunSettings } from '#harness/contracts/records/run-record.ts';

import { deriveResults } from '../derive-results.ts';
import type { PowerBlocks } from '../raw/power-blocks.ts';
import type { QueryLog } from '../raw/query-blocks.ts';
import { queryLogOfColumns } from '../raw/query-log-1.ts';
import type { RawEvidence } from '../raw/raw-evidence.ts';
import { judgeRun, type Judgement } from '../rules.ts';

const ms = 1e6;

const settings: RunSettings = {
  scenario: 'single-stream',
  mode: 'both',
  seed: 1,
  minDurationMs: 600,
  minQueryCount: 64,
  maxDurationMs: 10_000,
  queryDeadlineMs: 1000,
  percentile: 0.9,
  windowCount: 3,
  minWindowMs: 1000,
  accuracySampleCount: 4,
  accuracyMetric: 'top-1',
  accuracyAtLeast: 0.75,
  performanceSampleCount: 5,
  powerRequired: true,
};

function queryLog(latenciesMs: readonly number[], statuses: readonly number[] = []): QueryLog {
  const queryCount = latenciesMs.length;
  return queryLogOfColumns({
    queryCount,
    issuedAtNs: Float64Array.from({ length: queryCount }, (_, row) => row * 100 * ms),
    latencyNs: Float64Array.from(latenciesMs, (latencyMs) => latencyMs * ms),
    deviceDurationNs: new Float64Array(queryCount).fill(Number.NaN),
    sampleIndex: new Uint32Array(queryCount),
    status: Uint32Array.from({ length: queryCount }, (_, row) => statuses[row] ?? 0),
  });
}

/** 1 ms samples of 10 mW idle until 1 s, then 50 mW until 6 s, from the run clock's 0. */
function capture(): PowerBlocks {
  const blocks = Array.from({ length: 60 }, (_, place) => ({
    firstSampleIndex: place * 100,
    arrivedAtNs: (place + 1) * 100 * ms,
    sampleRateHz: 1000,
    lostSampleCount: 0,
    energyJoules: new Float32Array(100).fill(place < 10 ? 10e-6 : 50e-6),
  }));
  return { blocks, cutByteCount: 0 };
}

/** Three windows of 1000, 1250 and 1600 ms with 100 inferences each. */
const windows: readonly InferenceWindow[] = [
  { inferenceCount: 100, startedAtNs: 1000 * ms, endedAtNs: 2000 * ms },
  { inferenceCount: 100, startedAtNs: 2000 * ms, endedAtNs: 3250 * ms },
  { inferenceCount: 100, startedAtNs: 3300 * ms, endedAtNs: 4900 * ms },
];

const phases: readonly PhaseSpan[] = [
  { phase: 'preparing', startedAtNs: 0, endedAtNs: 200 * ms },
  { phase: 'settling', startedAtNs: 200 * ms, endedAtNs: 900 * ms },
];

const hundred = Array.from({ length: 100 }, (_, row) => row + 1);

/** A run that passes: 100 latencies of 1 to 100 ms, 3 of 4 answers right. */
const good: RawEvidence = {
  queries: queryLog(hundred),
  windows,
  accuracy: [
    { sampleIndex: 0, output: Float32Array.of(0.9, 0.1) },
    { sampleIndex: 1, output: Float32Array.of(0.1, 0.9) },
    { sampleIndex: 2, output: Float32Array.of(0.5, 0.5) },
    { sampleIndex: 3, output: Float32Array.of(Number.NaN, 0.5) },
  ],
  labels: [0, 1, 0, 1],
  power: capture(),
};

function judged(
  raw: RawEvidence,
  change: Partial<RunSettings> = {},
  wallClockStepMs = 3,
): Judgement {
  const changed = { ...settings, ...change };
  const results = deriveResults(raw, changed, phases);
  return judgeRun({ settings: changed, results, raw, wallClockStepMs });
}

/** The rules that are not met. */
function unmet(judgement: Judgement): readonly RuleOutcome[] {
  return judgement.rules.filter((rule) => !rule.met);
}

describe('deriveResults', () => {
  it('gives every number of a run with accuracy, latency, windows and power', () => {
    const results = deriveResults(good, settings, phases);
    expect(results.accuracy).toEqual({
      metric: 'top-1',
      value: 0.75,
      correctCount: 3,
      sampleCount: 4,
      atLeast: 0.75,
    });
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
      samplesPerSecond: 80,
      basis: 'windows-median',
      windowSamplesPerSecond: [100, 80, 62.5],
    });
    expect(results.energy?.windowMicrojoulesPerInference).toHaveLength(3);
    expect(results.energy?.microjoulesPerInference).toBeCloseTo(625, 4);
    expect(results.energy?.meanWatts).toBeCloseTo(0.05, 7);
    expect(results.energy?.idleWatts).toBeCloseTo(0.01, 7);
    expect(results.energy).toMatchObject({
      sampleRateHz: 1000,
      sampleCount: 6000,
      lostSampleCount: 0,
      clockOffsetUncertaintyNs: 0,
    });
  });

  it("prefers the device's own timer for throughput", () => {
    const timed = windows.map((window) => ({ ...window, deviceDurationNs: 500 * ms }));
    const results = deriveResults({ windows: timed }, settings, []);
    expect(results.throughput?.samplesPerSecond).toBe(200);
  });

  it('without windows takes the mean latency, and offline the largest one', () => {
    const raw = { queries: queryLog([10, 20, 30]) };
    const single = deriveResults(raw, settings, []);
    expect(single.throughput).toMatchObject({ samplesPerSecond: 50, basis: 'mean-latency' });
    const offline = deriveResults(raw, { ...settings, scenario: 'offline' }, []);
    expect(offline.throughput).toMatchObject({ samplesPerSecond: 100, basis: 'offline' });
  });

  it('leaves out what was not measured, and failed queries', () => {
    expect(deriveResults({}, settings, [])).toEqual({});
    const raw = { queries: queryLog([10, Number.NaN, 30], [0, 1, 2]) };
    const { latency } = deriveResults(raw, settings, []);
    expect(latency).toMatchObject({ queryCount: 1, failedQueryCount: 2, maxNs: 10 * ms });
    const none = { queries: queryLog([Number.NaN], [1]) };
    expect(deriveResults(none, settings, [])).toEqual({});
  });

  it('refuses an answer without a label', () => {
    const { accuracy = [] } = good;
    expect(() => deriveResults({ accuracy }, settings, [])).toThrow('labels.json is not there');
    expect(() => deriveResults({ accuracy, labels: [0, 1] }, settings, [])).toThrow(
      'answers sample 2, but raw/labels.json ends at 1',
    );
  });
});

describe('judgeRun', () => {
  it('passes a good run, with every rule met and no advice', () => {
    const judgement = judged(good);
    expect(judgement.verdict).toBe('pass');
    expect(judgement.rules.map((rule) => rule.rule)).toEqual([
      'min-duration',
      'min-query-count',
      'no-failed-queries',
      'early-stopping-met',
      'window-count',
      'window-duration',
      'accuracy-sample-count',
      'wall-clock-step',
      'power-present',
      'power-samples-lost',
      'power-window-covered',
      'accuracy-target',
    ]);
    expect(judgement.rules.every((rule) => rule.met && rule.advice === '')).toBe(true);
  });

  it('applies only the rules of the mode and the scenario', () => {
    const names = (change: Partial<RunSettings>, raw: RawEvidence): string[] =>
      judged(raw, change).rules.map((rule) => rule.rule);
    const { accuracy, labels } = good;
    const answers = { ...(accuracy && { accuracy }), ...(labels && { labels }) };
    expect(names({ mode: 'accuracy' }, answers)).toEqual([
      'accuracy-sample-count',
      'wall-clock-step',
      'accuracy-target',
    ]);
    const offline = { mode: 'performance', scenario: 'offline', windowCount: 0 } as const;
    const raw = { queries: queryLog([600]) };
    expect(names({ ...offline, powerRequired: false, minQueryCount: 1 }, raw)).toEqual([
      'min-duration',
      'min-query-count',
      'no-failed-queries',
      'wall-clock-step',
    ]);
  });

  it('fails valid data below the accuracy limit, and says how many answers are needed', () => {
    const judgement = judged(good, { accuracyAtLeast: 0.8 });
    expect(judgement.verdict).toBe('fail');
    const [rule] = unmet(judgement);
    expect(rule).toMatchObject({ rule: 'accuracy-target', kind: 'limit', measured: 0.75 });
    expect(rule?.advice).toContain('3 of 4 answers are right and 4 are needed');
  });

  it('is inconclusive where data is not valid, even when a limit is missed too', () => {
    const judgement = judged(good, { accuracyAtLeast: 0.8, accuracySampleCount: 5 });
    expect(judgement.verdict).toBe('inconclusive');
  });

  const cases: readonly {
    readonly rule: string;
    readonly raw?: Partial<RawEvidence>;
    readonly change?: Partial<RunSettings>;
    readonly stepMs?: number;
    readonly measured: number;
    readonly limit: number;
    readonly advice: string;
  }[] = [
    {
      rule: 'min-duration',
      change: { minDurationMs: 10_100 },
      measured: 5050,
      limit: 10_100,
      advice: 'set maxDurationMs to 22000.',
    },
    {
      rule: 'min-duration',
      change: { scenario: 'offline', minDurationMs: 1000 },
      measured: 100,
      limit: 1000,
      advice: 'Set minQueryCount to 1100.',
    },
    {
      rule: 'min-query-count',
      change: { minQueryCount: 200 },
      measured: 100,
      limit: 200,
      advice: 'set maxDurationMs to 22000.',
    },
    {
      rule: 'no-failed-queries',
      raw: { queries: queryLog([...hundred, Number.NaN], [...hundred.map(() => 0), 1]) },
      measured: 1,
      limit: 0,
      advice: 'the run log holds its error',
    },
    {
      rule: 'no-failed-queries',
      raw: { queries: queryLog([...hundred, Number.NaN], [...hundred.map(() => 0), 2]) },
      measured: 1,
      limit: 0,
      advice: 'set queryDeadlineMs to 2000',
    },
    {
      rule: 'early-stopping-met',
      raw: { queries: queryLog(hundred.slice(40)) },
      change: { minQueryCount: 10 },
      measured: 60,
      limit: 64,
      advice: 'Set minQueryCount to at least 64.',
    },
    {
      rule: 'window-count',
      change: { windowCount: 5 },
      measured: 3,
      limit: 5,
      advice: 'set windowCount to 3',
    },
    {
      rule: 'window-duration',
      change: { minWindowMs: 1200 },
      measured: 1000,
      limit: 1200,
      advice: 'use 132 inferences per window',
    },
    {
      rule: 'accuracy-sample-count',
      change: { accuracySampleCount: 10 },
      measured: 4,
      limit: 10,
      advice: 'set accuracySampleCount to 4',
    },
    { rule: 'wall-clock-step', stepMs: -101, measured: 101, limit: 100, advice: 'time service' },
    {
      rule: 'power-present',
      raw: { power: { blocks: [], cutByteCount: 0 }, windows: [] },
      change: { windowCount: 0 },
      measured: 0,
      limit: 1,
      advice: 'powerMeterId',
    },
    {
      rule: 'power-samples-lost',
      raw: {
        power: {
          ...capture(),
          blocks: capture().blocks.map((block, place) =>
            place === 2 ? { ...block, lostSampleCount: 7 } : block,
          ),
        },
      },
      measured: 7,
      limit: 0,
      advice: 'to at most 500 Hz',
    },
    {
      rule: 'power-window-covered',
      raw: { power: { ...capture(), blocks: capture().blocks.slice(0, 45) } },
      measured: 2,
      limit: 3,
      advice: '1 of 3 windows',
    },
  ];

  it.each(cases)('finds $rule not met at $measured of $limit', (row) => {
    const judgement = judged({ ...good, ...row.raw }, row.change, row.stepMs);
    expect(judgement.verdict).toBe('inconclusive');
    expect(unmet(judgement).map((rule) => rule.rule)).toEqual([row.rule]);
    const [rule] = unmet(judgement);
    expect(rule).toMatchObject({ kind: 'validity', measured: row.measured, limit: row.limit });
    expect(rule?.advice).toContain(row.advice);
  });

  it('judges a run without any data, with finite numbers throughout', () => {
    const judgement = judged({});
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.rules.every((rule) => Number.isFinite(rule.measured))).toBe(true);
  });

  it('does not depend on the order of the queries', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.double({ min: 0.1, max: 50, noNaN: true }), { minLength: 1, maxLength: 120 })
          .chain((latencies) =>
            fc.tuple(
              fc.constant(latencies),
              fc.shuffledSubarray(latencies, { minLength: latencies.length }),
            ),
          ),
        ([latencies, shuffled]) => {
          const judgement = judged({ ...good, queries: queryLog(latencies) });
          expect(judged({ ...good, queries: queryLog(shuffled) })).toEqual(judgement);
        },
      ),
    );
  });
});
