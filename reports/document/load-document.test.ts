import { describe, expect, it } from 'vitest';

import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type { Results, RuleOutcome, RunRecord } from '#harness/contracts/records/run-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import {
  sampleLoadRecord,
  sampleServerResults,
  sampleServerRows,
  sampleServerSettings,
} from '../testing/sample-load-results.ts';
import {
  sampleAudit,
  sampleAuditSettings,
  samplePeak,
  sampleTokens,
} from '../testing/sample-special-results.ts';
import { buildReportDocument } from './build-report-document.ts';
import type { ReportBlock, ReportDocument } from './report-document.ts';

const serverResults = sampleServerResults(sampleServerRows(12_000), 15e6);
const serverLoad = assertDefined(serverResults.load, 'a server has a load');
const serverLatency = assertDefined(serverResults.latency, 'a server has latencies');

function documentOf(record: RunRecord): ReportDocument {
  const identity = { recordSha256: 'aa', recordKeyId: 'bb', reportKeyId: 'cc' };
  return buildReportDocument({ record, identity, charts: [], attachments: [] });
}

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

function blocksOf(report: ReportDocument): readonly ReportBlock[] {
  return report.sections.flatMap(({ blocks }) => blocks);
}

/** What stands beside a label in any section. */
function fact(report: ReportDocument, label: string): string | undefined {
  const facts = blocksOf(report).flatMap((block) => (block.kind === 'facts' ? block.facts : []));
  const found = facts.find((candidate) => candidate.label === label);
  return found === undefined ? undefined : plain(found.value);
}

/** Rows of the first table with this column title. */
function rowsOf(report: ReportDocument, title: string): string[][] {
  for (const block of blocksOf(report)) {
    if (block.kind !== 'table' || !block.columns.some((column) => column.title === title)) continue;
    return block.rows.map((row) => row.map(plain));
  }
  return [];
}

const headlinesOf = (report: ReportDocument): string[] =>
  report.headlines.map(({ label, value, note }) => plain(`${label}: ${value} (${note})`));

function serverDocument(change: Partial<LoadResult> = {}, results: Partial<Results> = {}) {
  const load = { ...serverLoad, ...change };
  return documentOf(sampleLoadRecord(sampleServerSettings, { ...serverResults, load, ...results }));
}

describe('the report of a server run', () => {
  it('states rates, the limit from the scheduled instant, and the issue delay', () => {
    const report = serverDocument({ atPercentileNs: 7_100_000 });
    expect(fact(report, 'Target rate')).toBe('1200 queries per second');
    expect(fact(report, 'Scheduled')).toMatch(/^1177 queries per second$/);
    expect(fact(report, 'Completed')).toMatch(/^1176 queries per second$/);
    expect(fact(report, 'Latency p99')).toBe(
      '7.100 ms, limit 15.00 ms, counted from the scheduled instant',
    );
    expect(fact(report, 'Over the limit')).toMatch(/^\d+ queries \(0\.\d\d %\)$/);
    expect(fact(report, 'Issue delay')).toMatch(
      /^p50 \d+\.\d ns, p99 \d\.\d+ µs, largest \d+\.\d+ µs after the schedule$/,
    );
    expect(fact(report, 'Queries')).toBe(
      '11 997 completed, 0 failed, 3 lost (1 of them answered too late)',
    );
    expect(headlinesOf(report).slice(0, 2)).toStrictEqual([
      'Completed queries: 1176 /s (target 1200 /s)',
      'Latency p99: 7.100 ms (limit 15.00 ms)',
    ]);
  });

  it('names duplicates and unknown completions only where there are some', () => {
    const none = { lostCount: 0, lateCount: 0, completedCount: 12_000 };
    expect(fact(serverDocument(none), 'Queries')).toBe('12 000 completed, 0 failed');
    const some = { ...none, duplicateCount: 2, unknownCount: 1 };
    expect(fact(serverDocument(some), 'Queries')).toBe(
      '12 000 completed, 0 failed, 2 duplicate completions, 1 completions of unknown queries',
    );
  });

  it.each([
    [
      { met: true, queriesNeeded: 0 },
      26,
      'met: with 26 of 12 000 queries over the limit, p99 holds it at 99 % confidence',
    ],
    [
      { met: false, queriesNeeded: 162 },
      100,
      'not met: 100 of 12 000 queries over the limit do not show that p99 holds it; 162 more queries, none of them over it, were needed',
    ],
    [
      { met: false, queriesNeeded: 90_000 },
      900,
      'not met: 900 of 12 000 queries over the limit do not show that p99 holds it; as long as so many are over it, more queries do not help',
    ],
  ])('says in words whether early stopping is met: %o', (stopping, overLimitCount, words) => {
    const earlyStopping = { percentile: 0.99, latencyNs: null, ...stopping };
    const latency = { ...serverLatency, earlyStopping };
    expect(fact(serverDocument({ overLimitCount }, { latency }), 'Early stopping')).toBe(words);
  });

  it('says where every setting comes from', () => {
    const rows = rowsOf(serverDocument(), 'Set by');
    expect(rows).toContainEqual(['Shortest load', '10.00 s', 'job']);
    expect(rows).toContainEqual(['Limit of the latency', '15.00 ms', 'suite']);
    expect(rows).toContainEqual(['Stated percentile', 'p99', 'rule set']);
    expect(rows).toContainEqual(['Selection of samples', 'drawn with replacement', 'default']);
    expect(rows.flat().join(' ')).toContain('sample set 2085463073848966840, order 2747');
  });

  it('has no text that stands for a missing value, whatever was measured', () => {
    const reports = [
      serverDocument(),
      documentOf(sampleLoadRecord(sampleServerSettings, { load: serverLoad })),
      documentOf(sampleLoadRecord(sampleServerSettings, {})),
    ];
    for (const report of reports)
      expect(JSON.stringify(report)).not.toMatch(/undefined|NaN|not a number|\[object/);
  });
});

it('the report of a server that answers in tokens states both limits and no other', () => {
  const settings = { ...sampleServerSettings, ttftTargetNs: 450e6, tpotTargetNs: 40e6 };
  const report = documentOf(sampleLoadRecord(settings, { ...serverResults, tokens: sampleTokens }));
  expect(fact(report, 'TTFT p99')).toBe(
    '440.0 ms, limit 450.0 ms, 12 queries over it, early stopping met',
  );
  expect(fact(report, 'TPOT p99')).toBe(
    '39.60 ms, limit 40.00 ms, 240 queries over it, early stopping not met',
  );
  expect(fact(report, 'Latency p99')).toBeUndefined();
  expect(fact(report, 'Tokens')).toBe('1 536 000, 15 361 per second');
  expect(headlinesOf(report).slice(1, 3)).toStrictEqual([
    'TTFT p99: 440.0 ms (limit 450.0 ms)',
    'TPOT p99: 39.60 ms (limit 40.00 ms)',
  ]);
});

it('the report of a multi-stream run speaks of whole queries', () => {
  const settings = {
    ...sampleServerSettings,
    scenario: 'multi-stream',
    samplesPerQuery: 8,
  } as const;
  const earlyStopping = { percentile: 0.99, met: true, latencyNs: 8e6, queriesNeeded: 0 };
  const { overLimitCount: _over, issueDelay: _delay, ...load } = serverLoad;
  const results = { load, latency: { ...serverLatency, earlyStopping } };
  const report = documentOf(sampleLoadRecord(settings, results));
  expect(fact(report, 'Samples per query')).toBe('8');
  expect(fact(report, 'Over the limit')).toBeUndefined();
  expect(headlinesOf(report)[0]).toMatch(/^Query latency p99: .* \(8 samples per query\)$/);
  expect(plain(JSON.stringify(report))).toContain('bound of p99 that early stopping allows');
});

it('the report of a search states peak, interval, confidence and every probe', () => {
  const settings = { ...sampleServerSettings, scenario: 'find-peak' } as const;
  const report = documentOf(sampleLoadRecord(settings, { peak: samplePeak }));
  expect(headlinesOf(report)[0]).toBe('Peak rate: 1780 /s (p99 at most 15.00 ms)');
  expect(fact(report, 'Interval')).toBe('1780 /s holds, 1830 /s breaks');
  expect(fact(report, 'Confidence')).toBe('99 % for the decision on each probe');
  const rows = rowsOf(report, 'Decision');
  expect(rows).toHaveLength(9);
  expect(rows[6]?.slice(-3)).toStrictEqual(['30.00 s', 'undecided', 'full length']);
  expect(rows[8]?.slice(-4)).toStrictEqual(['–', '219.7 ms', 'breaks', 'early']);
  const none = { ...samplePeak, peakQps: null, breaksAtQps: 10 };
  const empty = documentOf(sampleLoadRecord(settings, { peak: none }));
  expect(fact(empty, 'Peak rate')).toBe('none found');
  expect(fact(empty, 'Interval')).toBe('no rate held the limit, 10.00 /s breaks');
});

describe('the report of an audit', () => {
  const settings = {
    ...sampleServerSettings,
    scenario: 'single-stream',
    mode: 'compliance',
    audit: sampleAuditSettings,
  } as const;

  it('states question, rule, decision, ratio with its interval, and the legs in the order run', () => {
    const report = documentOf(sampleLoadRecord(settings, { audit: sampleAudit }));
    expect(fact(report, 'Question')).toContain('one sample again and again');
    expect(fact(report, 'Decision rule')).toBe(sampleAuditSettings.rule);
    expect(fact(report, 'Decision')).toMatch(/^PASSED: The interval/);
    expect(fact(report, 'Audit over base')).toBe(
      '0.9980 [0.9910 to 1.0050] at 95 % confidence, mean latency of the legs; p = 0.51',
    );
    expect(fact(report, 'Limit of the ratio')).toBe('at least 0.9');
    expect(fact(report, 'Answers compared')).toBe('98 whole answers: 0 differ');
    expect(rowsOf(report, 'Role').map(([leg, role]) => `${leg} ${role}`)).toStrictEqual([
      '1 base',
      '2 audit',
      '3 base',
      '4 audit',
      '5 base',
      '6 audit',
    ]);
    expect(headlinesOf(report)[0]).toBe('Audit: No caching: passed (6 legs)');
  });

  it('says what to do when it could not be decided, and what was wrong with tokens', () => {
    const tokens = {
      comparedCount: 100,
      firstTokenDifferCount: 2,
      misplacedEndCount: 0,
      wrongLengthCount: 1,
      meanTokens: 120.5,
      meanTokensLower: 118,
      meanTokensUpper: 123,
    };
    const audit = {
      ...sampleAudit,
      decision: 'inconclusive',
      ratio: null,
      answers: null,
      tokens,
      advice: 'Run longer legs.',
      pairCountNeeded: 12,
    } as const;
    const report = documentOf(sampleLoadRecord(settings, { audit }));
    expect(fact(report, 'Token answers')).toBe(
      '100 looked at, 2 with another first token, 1 of another length than reported',
    );
    expect(fact(report, 'Mean length')).toBe('120.5 tokens [118.0 to 123.0]');
    expect(fact(report, 'What to do next')).toBe(
      'Run longer legs. 12 pairs of legs would probably decide.',
    );
  });
});

describe('the table of rules', () => {
  const rule: RuleOutcome = {
    rule: 'min-duration',
    kind: 'validity',
    met: false,
    measured: 10_002,
    limit: 60_000,
    unit: 'ms',
    advice: 'The load was too short.',
  };
  const reportOf = (rules: RuleOutcome[]): ReportDocument =>
    documentOf(sampleLoadRecord(sampleServerSettings, serverResults, { rules }));

  it('states the distance and the setting to use next, there and beside the verdict', () => {
    const next = { setting: 'minDurationMs', value: 66_000 };
    const report = reportOf([{ ...rule, distance: 49_998, next }]);
    expect(rowsOf(report, 'Distance')).toStrictEqual([
      [
        'min-duration',
        'validity',
        '10.00 s',
        '60.00 s',
        '50.00 s',
        'NOT MET',
        'minDurationMs 66000',
      ],
    ]);
    expect(plain(report.verdict.reasons.join())).toContain(
      'The load was too short. Next time set minDurationMs 66000.',
    );
  });

  it('of rule set 1 has the advice in words', () => {
    expect(rowsOf(reportOf([rule]), 'Outcome')).toStrictEqual([
      ['min-duration', 'validity', '10.00 s', '60.00 s', 'NOT MET', 'The load was too short.'],
    ]);
  });
});

it('a record of rule set 1 has its settings as facts, without a source', () => {
  const { order: _order, provenance: _provenance, ...settings } = sampleServerSettings;
  const report = documentOf(sampleLoadRecord({ ...settings, scenario: 'offline' }, {}));
  expect(rowsOf(report, 'Set by')).toStrictEqual([]);
  expect(fact(report, 'Seed of the sample order')).toBe('7');
});
