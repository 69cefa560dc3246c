import { describe, expect, it } from 'vitest';

import type { RuleOutcome, RunSettings, Verdict } from '#harness/contracts/records/run-record.ts';

import { deriveResults } from './derive-results.ts';
import { rowStatus } from './raw/query-row.ts';
import type { RawEvidence } from './raw/raw-evidence.ts';
import { ruleSetOf, ruleSetVersion } from './rule-set.ts';
import { judgeRun, type Judgement } from './rules.ts';
import { logOfRows, type TestRow } from './testing/log-of-rows.ts';
import { testServerSettings, testSettings } from './testing/test-settings.ts';

const ms = 1e6;

function judgedRaw(raw: RawEvidence, settings: RunSettings, wallClockStepMs = 0): Judgement {
  const results = deriveResults(raw, settings, []);
  return judgeRun({ settings, results, raw, wallClockStepMs });
}

function judged(rows: readonly TestRow[], settings: RunSettings): Judgement {
  return judgedRaw({ queries: logOfRows(rows) }, settings);
}

function unmet({ rules }: Judgement): readonly RuleOutcome[] {
  return rules.filter(({ met }) => !met);
}

/** Queries one after the other. */
function streamRows(count: number, latencyNs: number): TestRow[] {
  return Array.from({ length: count }, (_, row) => ({ scheduledAtNs: row * latencyNs, latencyNs }));
}

/** Queries at a fixed rate, the first `slowCount` of them of another latency. */
function serverRows(
  count: number,
  load: {
    readonly gapNs?: number;
    readonly latencyNs?: number;
    readonly slow?: [number, number];
  } = {},
): TestRow[] {
  const { gapNs = 10 * ms, latencyNs = 2 * ms, slow: [slowCount, slowNs] = [0, 0] } = load;
  return Array.from({ length: count }, (_, row) => ({
    scheduledAtNs: row * gapNs,
    latencyNs: row < slowCount ? slowNs : latencyNs,
    issueDelayNs: 1000,
  }));
}

const streamRules = ['min-duration', 'min-query-count', 'no-failed-queries', 'early-stopping-met'];

describe('a load that is all right', () => {
  it.each<{ name: string; rows: TestRow[]; settings: RunSettings; rules: string[] }>([
    {
      name: 'single-stream',
      rows: streamRows(100, 10 * ms),
      settings: testSettings,
      rules: [...streamRules, 'wall-clock-step'],
    },
    {
      name: 'multi-stream',
      rows: streamRows(700, 10 * ms),
      settings: { ...testSettings, scenario: 'multi-stream', percentile: 0.99, samplesPerQuery: 8 },
      rules: [...streamRules, 'wall-clock-step'],
    },
    {
      name: 'server',
      rows: serverRows(500),
      settings: testServerSettings,
      rules: [...streamRules, 'issue-delay', 'wall-clock-step', 'not-overloaded', 'latency-limit'],
    },
    {
      name: 'offline',
      rows: [{ latencyNs: 900 * ms }, { latencyNs: 1000 * ms }],
      settings: { ...testSettings, scenario: 'offline', minQueryCount: 2 },
      rules: ['min-duration', 'min-query-count', 'no-failed-queries', 'wall-clock-step'],
    },
    {
      name: 'equal issue',
      rows: streamRows(200, 10 * ms),
      settings: { ...testSettings, selection: 'equal-issue' },
      rules: [
        'min-duration',
        'min-query-count',
        'equal-issue-complete',
        'no-failed-queries',
        'early-stopping-met',
        'wall-clock-step',
      ],
    },
  ])('passes in $name, each rule at distance 0 and without advice', ({ rows, settings, rules }) => {
    const judgement = judged(rows, settings);
    expect(judgement.verdict).toBe('pass');
    expect(judgement.rules.map(({ rule }) => rule)).toEqual(rules);
    for (const outcome of judgement.rules) {
      expect(outcome).toMatchObject({ met: true, advice: '', distance: 0 });
      expect(outcome).not.toHaveProperty('next');
    }
  });
});

interface UnmetCase {
  readonly rule: string;
  readonly rows: readonly TestRow[];
  readonly settings: RunSettings;
  readonly verdict: Verdict;
  readonly outcome: Partial<RuleOutcome>;
}

const cases: readonly UnmetCase[] = [
  {
    rule: 'min-duration',
    rows: streamRows(90, 10 * ms),
    settings: { ...testSettings, maxDurationMs: 1000 },
    verdict: 'inconclusive',
    // 1000 ms * 1000 / 900 * 1.1 = 1222.2, in whole seconds.
    outcome: {
      measured: 900,
      limit: 1000,
      distance: 100,
      next: { setting: 'maxDurationMs', value: 2000 },
    },
  },
  {
    rule: 'min-duration',
    rows: serverRows(500, { gapNs: 1 * ms }),
    settings: { ...testServerSettings, minDurationMs: 600, maxDurationMs: 10_000 },
    verdict: 'inconclusive',
    outcome: {
      measured: 499,
      limit: 600,
      distance: 101,
      next: { setting: 'maxDurationMs', value: 14_000 },
    },
  },
  {
    rule: 'min-duration',
    rows: [{ latencyNs: 400 * ms }, { latencyNs: 800 * ms }],
    settings: { ...testSettings, scenario: 'offline', minQueryCount: 2 },
    verdict: 'inconclusive',
    // 2 samples * 1000 / 800 * 1.1 = 2.75.
    outcome: {
      measured: 800,
      limit: 1000,
      distance: 200,
      next: { setting: 'minQueryCount', value: 3 },
    },
  },
  {
    rule: 'min-query-count',
    rows: streamRows(100, 10 * ms),
    settings: { ...testSettings, minQueryCount: 150 },
    verdict: 'inconclusive',
    outcome: {
      measured: 100,
      limit: 150,
      distance: 50,
      next: { setting: 'maxDurationMs', value: 99_000 },
    },
  },
  {
    rule: 'early-stopping-met',
    rows: streamRows(60, 20 * ms),
    settings: { ...testSettings, minQueryCount: 60, maxDurationMs: 1000 },
    verdict: 'inconclusive',
    outcome: {
      measured: 60,
      limit: 64,
      distance: 4,
      next: { setting: 'maxDurationMs', value: 2000 },
    },
  },
  {
    rule: 'early-stopping-met',
    rows: serverRows(600, { slow: [1, 11 * ms] }),
    settings: testServerSettings,
    verdict: 'inconclusive',
    outcome: { kind: 'validity', measured: 600, limit: 662, distance: 62 },
  },
  {
    rule: 'equal-issue-complete',
    rows: streamRows(150, 10 * ms),
    settings: { ...testSettings, selection: 'equal-issue', maxDurationMs: 1500 },
    verdict: 'inconclusive',
    // 1500 ms * 200 / 150 * 1.1 = 2200.
    outcome: {
      measured: 150,
      limit: 200,
      distance: 50,
      next: { setting: 'maxDurationMs', value: 3000 },
    },
  },
  {
    rule: 'no-failed-queries',
    rows: [...streamRows(100, 10 * ms), { status: rowStatus.duplicate, latencyNs: 9 }],
    settings: testSettings,
    verdict: 'inconclusive',
    outcome: { measured: 1, limit: 0, distance: 1, unit: 'queries' },
  },
  {
    rule: 'issue-delay',
    rows: serverRows(500).map((row) => ({ ...row, issueDelayNs: 1_000_001 })),
    settings: testServerSettings,
    verdict: 'inconclusive',
    outcome: { measured: 1.000001, limit: 1, unit: 'ms' },
  },
  {
    rule: 'wall-clock-step',
    rows: streamRows(100, 10 * ms),
    settings: testSettings,
    verdict: 'inconclusive',
    outcome: { measured: 250, limit: 100, distance: 150, unit: 'ms' },
  },
];

describe('a rule that is not met', () => {
  it.each(cases)(
    '$rule states what it measured, its limit, the distance and what to set',
    (row) => {
      const stepMs = row.rule === 'wall-clock-step' ? -250 : 0;
      const judgement = judgedRaw({ queries: logOfRows(row.rows) }, row.settings, stepMs);
      expect(unmet(judgement).map(({ rule }) => rule)).toEqual([row.rule]);
      expect(judgement.verdict).toBe(row.verdict);
      const [outcome] = unmet(judgement);
      expect(outcome).toMatchObject(row.outcome);
      expect(outcome?.advice).not.toBe('');
      const { next } = outcome ?? {};
      const words = next === undefined ? '' : `${next.setting} to ${next.value}`;
      expect(outcome?.advice).toContain(words);
    },
  );

  it('names refused, lost, late, duplicate and unknown completions, each with its count', () => {
    const rows = [
      ...streamRows(100, 10 * ms),
      { status: rowStatus.failed },
      { status: rowStatus.lost },
      { status: rowStatus.lost },
      { status: rowStatus.late, latencyNs: 1200 * ms },
      { status: rowStatus.duplicate, latencyNs: 1 },
      { status: rowStatus.unknown },
    ];
    const [outcome] = unmet(judged(rows, testSettings));
    expect(outcome).toMatchObject({ rule: 'no-failed-queries', measured: 5 });
    expect(outcome).not.toHaveProperty('next');
    expect(outcome?.advice).toContain(
      '1 query was refused, 2 queries had no completion within 1000 ms (1 of them completed later), 1 completion came twice, 1 completion was of no query',
    );
  });

  it('asks for a longer deadline when every lost query completed after it', () => {
    const rows = [
      ...streamRows(100, 10 * ms),
      { status: rowStatus.lost },
      { status: rowStatus.late, latencyNs: 1200 * ms },
    ];
    const [outcome] = unmet(judged(rows, testSettings));
    expect(outcome?.next).toEqual({ setting: 'queryDeadlineMs', value: 1320 });
  });

  it('asks every rule about the length for the same setting, enough for all of them', () => {
    const rows = streamRows(50, 10 * ms);
    const outcomes = unmet(
      judged(rows, { ...testSettings, minQueryCount: 200, maxDurationMs: 500 }),
    );
    expect(outcomes.map(({ rule }) => rule)).toEqual([
      'min-duration',
      'min-query-count',
      'early-stopping-met',
    ]);
    for (const { next } of outcomes)
      expect(next).toEqual({ setting: 'maxDurationMs', value: 3000 });
  });

  it('fails a server load that is over its limit: the rules about it are limits, with one rate to try', () => {
    const rows = serverRows(700, { slow: [8, 11 * ms] });
    const judgement = judged(rows, testServerSettings);
    expect(judgement.verdict).toBe('fail');
    const outcomes = unmet(judgement);
    expect(outcomes.map(({ rule, kind }) => [rule, kind])).toEqual([
      ['early-stopping-met', 'limit'],
      ['latency-limit', 'limit'],
    ]);
    expect(outcomes[1]).toMatchObject({ measured: 11, limit: 10, distance: 1, unit: 'ms' });
    const [first, second] = outcomes.map(({ next }) => next);
    expect(first).toEqual(second);
    expect(first?.setting).toBe('targetQps');
  });

  it('takes the percentile that falls on lost queries as over the limit', () => {
    const lost = Array.from({ length: 20 }, () => ({ status: rowStatus.lost }));
    const outcomes = unmet(judged([...serverRows(680), ...lost], testServerSettings));
    const limit = outcomes.find(({ rule }) => rule === 'latency-limit');
    expect(limit).toMatchObject({ measured: 1000, limit: 10 });
  });

  it('says that no rate helps when even the fastest query is over the limit', () => {
    const outcomes = unmet(judged(serverRows(700, { latencyNs: 12 * ms }), testServerSettings));
    const limit = outcomes.find(({ rule }) => rule === 'latency-limit');
    expect(limit?.advice).toContain('No query completed within the limit');
    expect(limit).not.toHaveProperty('next');
  });

  it('judges tokens instead of the latency where they have limits, time per token first', () => {
    const rows = serverRows(700, { latencyNs: 50 * ms }).map((row, index) => ({
      ...row,
      firstTokenNs: index < 10 ? 30 * ms : 10 * ms,
      tokenCount: 11,
    }));
    const settings = { ...testServerSettings, ttftTargetNs: 20 * ms, tpotTargetNs: 5 * ms };
    const judgement = judged(rows, settings);
    const names = judgement.rules.map(({ rule }) => rule);
    expect(names).not.toContain('latency-limit');
    expect(names.indexOf('tpot-limit')).toBeLessThan(names.indexOf('ttft-limit'));
    expect(unmet(judgement).map(({ rule }) => rule)).toEqual(['early-stopping-met', 'ttft-limit']);
    const ttft = judgement.rules.find(({ rule }) => rule === 'ttft-limit');
    expect(ttft).toMatchObject({ measured: 30, limit: 20 });
  });

  it('fails an overloaded server load instead of calling it too short', () => {
    const settings = { ...testServerSettings, outstandingCountMax: 50 };
    const rows = Array.from({ length: 60 }, (_, row) => ({
      scheduledAtNs: row * 10 * ms,
      latencyNs: 2000 * ms - row * ms,
    }));
    const judgement = judged(rows, settings);
    expect(judgement.verdict).toBe('fail');
    expect(unmet(judgement).map(({ rule }) => rule)).toEqual(['not-overloaded', 'latency-limit']);
    const overloaded = judgement.rules.find(({ rule }) => rule === 'not-overloaded');
    expect(overloaded).toMatchObject({ measured: 60, limit: 49, distance: 11 });
  });

  it('without any data gives finite numbers throughout, in every scenario', () => {
    for (const scenario of [
      'single-stream',
      'multi-stream',
      'server',
      'offline',
      'find-peak',
    ] as const) {
      for (const raw of [{}, { queries: logOfRows([]) }]) {
        const judgement = judgedRaw(raw, { ...testServerSettings, scenario });
        expect(judgement.verdict).toBe('inconclusive');
        for (const { measured, limit, distance } of judgement.rules)
          expect([measured, limit, distance].every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe('the rule set', () => {
  it('is the first for settings without an order, the second without device times, else the third', () => {
    const { order: _order, ...first } = testSettings;
    const { statesDeviceTimes: _times, ...second } = testSettings;
    expect(ruleSetOf(first)).toBe('assay-rules-1');
    expect(ruleSetOf(second)).toBe('assay-rules-2');
    expect(ruleSetOf(testSettings)).toBe('assay-rules-3');
    expect(ruleSetVersion).toBe('assay-rules-3');
  });
});
