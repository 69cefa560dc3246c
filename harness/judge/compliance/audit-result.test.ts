import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';

import {
  AuditResultSchema,
  type AuditResult,
  type AuditSettings,
} from '#harness/contracts/records/audit-record.ts';
import type { RuleOutcome, RunSettings } from '#harness/contracts/records/run-record.ts';

import { auditResult, type AuditEvidence } from './audit-result.ts';
import { auditRules } from './audit-rules.ts';
import type { LegAnswer } from './leg-answers.ts';
import { legLogFile, type AuditLegEvidence } from './leg-files.ts';
import { legRoles } from './leg-roles.ts';
import { streamLog, syntheticLog } from './testing/synthetic-log.ts';

const ms = 1e6;

const audit: AuditSettings = {
  audit: 'real-results',
  version: '1.0.0',
  pairCount: 4,
  legMinDurationMs: 100,
  legMinQueryCount: 20,
  confidence: 0.99,
  ratioAtLeast: 0.9,
  ratioAtMost: 1.1,
  shortQuery: { latencyNsAtMost: 200_000, ratioAtLeast: 0.8, ratioAtMost: 1.2 },
  sampledAnswerCount: 10,
  valueTolerance: 0.01,
  sameIndex: null,
  seeds: [],
  endTokenId: null,
  meanTokensAtLeast: null,
  meanTokensAtMost: null,
  rule: 'a rule',
};

const settings: RunSettings = {
  scenario: 'single-stream',
  mode: 'compliance',
  seed: 1,
  minDurationMs: 400,
  minQueryCount: 80,
  maxDurationMs: 10_000,
  queryDeadlineMs: 1000,
  percentile: 0.9,
  windowCount: 0,
  minWindowMs: 1000,
  accuracySampleCount: 4,
  accuracyMetric: 'top-1',
  accuracyAtLeast: 0.75,
  performanceSampleCount: 4,
  powerRequired: false,
};

function withAudit(change: Partial<AuditSettings>, more: Partial<RunSettings> = {}): RunSettings {
  return { ...settings, ...more, audit: { ...audit, ...change } };
}

const accuracy = [0, 1, 2, 3].map((sampleIndex) => ({
  sampleIndex,
  output: Float32Array.of(sampleIndex, 1),
}));

/** Legs of 100 queries; those of the audit take `ratio` times as long, all answers are right. */
function legsOf(
  run: RunSettings,
  leg: { readonly baseNs?: number; readonly ratio?: number; readonly answers?: LegAnswer[] } = {},
): AuditLegEvidence[] {
  const { baseNs = 10 * ms, ratio = 1, answers = accuracy } = leg;
  return legRoles(run.audit ?? audit).map((role, place) => ({
    role,
    file: legLogFile(place + 1, role),
    log: streamLog(
      Array.from({ length: 100 }, () => Math.round(baseNs * (role === 'audit' ? ratio : 1))),
    ),
    ...(role === 'audit' ? { answers } : {}),
  }));
}

function resultOf(raw: AuditEvidence, run: RunSettings): AuditResult {
  const result = auditResult(raw, run);
  if (result === undefined) throw new Error('no result');
  expect(Value.Errors(AuditResultSchema, result)).toEqual([]);
  return result;
}

function rulesOf(result: AuditResult | undefined, run: RunSettings): RuleOutcome[] {
  return auditRules({ settings: run, results: result === undefined ? {} : { audit: result } });
}

describe('audit result', () => {
  const run = withAudit({});

  it('is none for a run that is no audit, and for one whose legs never ran', () => {
    expect(auditResult({ legs: legsOf(run) }, settings)).toBeUndefined();
    expect(auditResult({ accuracy }, run)).toBeUndefined();
  });

  it('passes equal legs with equal answers', () => {
    const result = resultOf({ accuracy, legs: legsOf(run) }, run);
    expect(result).toMatchObject({
      decision: 'passed',
      ratio: {
        value: 1,
        pValue: 1,
        basis: 'mean-latency',
        pairCount: 4,
        atLeast: 0.9,
        atMost: 1.1,
      },
      answers: { comparedCount: 16, differingCount: 0, unmatchedCount: 0 },
      tokens: null,
    });
    expect(result.reason).toBe(
      "The audit legs took 1.000 times the mean latency of the base legs (99 % interval 1.000 to 1.000, 4 pairs), inside the allowed 0.9 to 1.1; all 16 answers kept under load equal the accuracy run's within 0.01 in every value.",
    );
    expect(rulesOf(result, run)).toEqual([
      {
        rule: 'audit-conclusive',
        kind: 'validity',
        met: true,
        measured: 4,
        limit: 4,
        unit: 'pairs',
        advice: '',
        distance: 0,
      },
      expect.objectContaining({ rule: 'audit-passed', kind: 'limit', met: true, measured: 1 }),
    ]);
  });

  it('lets very short queries differ by 20 % instead of 10 %', () => {
    const long = resultOf({ accuracy, legs: legsOf(run, { ratio: 1.15 }) }, run);
    expect(long.decision).toBe('failed');
    const quick = withAudit({ legMinDurationMs: 10 });
    const short = resultOf(
      { accuracy, legs: legsOf(quick, { baseNs: 0.2 * ms, ratio: 1.15 }) },
      quick,
    );
    expect(short).toMatchObject({ decision: 'passed', ratio: { atLeast: 0.8, atMost: 1.2 } });
    const justLong = legsOf(quick, { baseNs: 0.200_001 * ms, ratio: 1.15 });
    expect(resultOf({ accuracy, legs: justLong }, quick).decision).toBe('failed');
  });

  it('fails by its speed with the ratio, the limit it broke and the distance', () => {
    const result = resultOf({ accuracy, legs: legsOf(run, { ratio: 1.25 }) }, run);
    const [conclusive, passed] = rulesOf(result, run);
    expect(conclusive?.met).toBe(true);
    expect(passed).toMatchObject({ met: false, limit: 1.1, unit: 'times the base' });
    expect(passed?.measured).toBeCloseTo(1.25, 9);
    expect(passed?.distance).toBeCloseTo(0.15, 9);
    expect(passed?.advice).toContain('outside the allowed 0.9 to 1.1');
  });

  it('fails by one different answer, and states only that', () => {
    const answers = [{ sampleIndex: 2, output: Float32Array.of(2, 1.5) }];
    const result = resultOf({ accuracy, legs: legsOf(run, { answers }) }, run);
    expect(result.reason).toBe(
      "4 of 4 answers kept under load differ from the accuracy run's by more than 0.01 (largest difference 0.500).",
    );
    expect(rulesOf(result, run)[1]).toMatchObject({ measured: 4, limit: 0, met: false });
  });

  it('is open when no answer was kept, or one to a sample without an answer in the accuracy run', () => {
    const none = resultOf({ accuracy, legs: legsOf(run, { answers: [] }) }, run);
    expect(none.decision).toBe('inconclusive');
    const stranger = [...accuracy, { sampleIndex: 9, output: Float32Array.of(1, 1) }];
    const unmatched = resultOf({ accuracy, legs: legsOf(run, { answers: stranger }) }, run);
    expect(unmatched).toMatchObject({ decision: 'inconclusive', answers: { unmatchedCount: 4 } });
    expect(rulesOf(unmatched, run)).toHaveLength(1);
    expect(rulesOf(unmatched, run)[0]).toMatchObject({ met: false, kind: 'validity' });
  });

  it.each([
    ['3 of 8 legs', (legs: AuditLegEvidence[]) => legs.slice(0, 3)],
    ['no leg', () => []],
  ])('is open after %s', (_name, cut) => {
    const result = resultOf({ accuracy, legs: cut(legsOf(run)) }, run);
    expect(result.decision).toBe('inconclusive');
    expect(result.reason).toMatch(/^Only \d of 8 legs were run/u);
  });

  it('is open when a leg is too short in queries or in time', () => {
    const change = (latenciesNs: number[]): AuditResult =>
      resultOf(
        {
          accuracy,
          legs: legsOf(run).map((leg, place) =>
            place === 4 ? { ...leg, log: streamLog(latenciesNs) } : leg,
          ),
        },
        run,
      );
    expect(change(Array.from({ length: 19 }, () => 10 * ms)).reason).toBe(
      'Leg raw/legs/05-base.bin has 19 queries of at least 20.',
    );
    expect(change(Array.from({ length: 30 }, () => 3 * ms)).reason).toBe(
      'Leg raw/legs/05-base.bin lasted 90 ms of at least 100 ms.',
    );
    expect(change([]).decision).toBe('inconclusive');
  });

  it('refuses legs in another order than planned, and more of them', () => {
    const legs = legsOf(run);
    expect(() => auditResult({ accuracy, legs: legs.toReversed().slice(1) }, run)).toThrow(
      'raw/legs.json: leg 1 is of role audit, the settings say base',
    );
    expect(() => auditResult({ accuracy, legs: [...legs, ...legs] }, run)).toThrow(
      'the settings say that there is none',
    );
  });

  it('of a search that never began is open', () => {
    expect(rulesOf(undefined, run)).toMatchObject([
      { rule: 'audit-conclusive', met: false, measured: 0, limit: 4 },
    ]);
    expect(rulesOf(undefined, settings)).toEqual([]);
  });

  it('names the number of pairs as the next setting', () => {
    const factors = [1, 1.1, 1.12, 0.98, 1.01, 0.97, 1.09, 1];
    const legs = legsOf(run).map((leg, place) => ({
      ...leg,
      log: streamLog(Array.from({ length: 100 }, () => 10 * ms * (factors[place] ?? 1))),
    }));
    const result = resultOf({ accuracy, legs }, run);
    expect(result.decision).toBe('inconclusive');
    const [conclusive] = rulesOf(result, run);
    expect(conclusive?.next).toEqual({ setting: 'pairCount', value: result.pairCountNeeded });
    expect(conclusive?.distance).toBe((result.pairCountNeeded ?? 0) - 4);
    expect(conclusive?.advice).toContain(`Set pairCount to ${result.pairCountNeeded}`);
  });
});

describe('audit result of a server', () => {
  const run = withAudit({}, { scenario: 'server', targetQps: 1000 });

  /** 200 queries at 1 per ms; each later one waits `growthNs` longer. */
  function serverLegs(growthNs: {
    readonly base: number;
    readonly audit: number;
  }): AuditLegEvidence[] {
    return legsOf(run).map((leg) => ({
      ...leg,
      log: syntheticLog(
        Array.from({ length: 200 }, (_, row) => ({
          scheduledAtNs: row * ms,
          latencyNs: 5 * ms + row * growthNs[leg.role],
        })),
      ),
    }));
  }

  it('compares median latency and states the completed share', () => {
    const result = resultOf({ accuracy, legs: serverLegs({ base: 0, audit: 0 }) }, run);
    expect(result).toMatchObject({ decision: 'passed', ratio: { basis: 'median-latency' } });
    expect(result.legs[0]).toMatchObject({ comparedNs: 5 * ms, completedShare: 1 });
  });

  it('is open when the base legs fall behind, failed when only the audit legs do', () => {
    const both = resultOf({ accuracy, legs: serverLegs({ base: ms, audit: ms }) }, run);
    expect(both.decision).toBe('inconclusive');
    expect(both.advice).toContain('Set targetQps lower');
    const one = resultOf({ accuracy, legs: serverLegs({ base: 0, audit: ms }) }, run);
    expect(one.decision).toBe('failed');
    expect(one.reason).toContain(
      'the audit legs completed queries at 50.0 % of their arrival rate',
    );
  });

  it('lets audit legs fall behind where they may be slower', () => {
    const caching = withAudit(
      { audit: 'no-caching', ratioAtMost: null },
      { scenario: 'server', targetQps: 1000 },
    );
    const result = resultOf({ legs: serverLegs({ base: 0, audit: ms }) }, caching);
    expect(result.decision).toBe('passed');
  });
});

describe('audit result of tokens', () => {
  const run = withAudit({
    audit: 'token-consistency',
    pairCount: 2,
    ratioAtLeast: null,
    ratioAtMost: null,
    endTokenId: 2,
  });
  const good = { sampleIndex: 0, tokenIds: [5, 6, 2], firstTokenId: 5, tokenCount: 3 };

  it('looks at audit legs alone and compares no speed', () => {
    const result = resultOf({ legs: legsOf(run, { answers: [good] }) }, run);
    expect(result).toMatchObject({ decision: 'passed', ratio: null, answers: null });
    expect(result.legs.map(({ role }) => role)).toEqual(['audit', 'audit']);
    expect(rulesOf(result, run)[1]).toMatchObject({ measured: 0, unit: 'faults of answers' });
  });

  it('is open without a report of first token or length, of the first token but not offline', () => {
    const silent = { sampleIndex: 0, tokenIds: [5, 6, 2], tokenCount: 3 };
    const legs = legsOf(run, { answers: [good, silent] });
    expect(resultOf({ legs }, run)).toMatchObject({
      decision: 'inconclusive',
      tokens: { unreportedCount: 2, comparedCount: 4 },
    });
    const offline = { ...run, scenario: 'offline' } as const;
    expect(resultOf({ legs }, offline).decision).toBe('passed');
  });

  it('is open when answers are values', () => {
    expect(resultOf({ legs: legsOf(run) }, run).decision).toBe('inconclusive');
  });

  it('holds the mean length of all samples against its limits', () => {
    const length = withAudit({
      audit: 'output-length',
      pairCount: 2,
      ratioAtLeast: null,
      ratioAtMost: null,
      meanTokensAtLeast: 3,
      meanTokensAtMost: 5,
    });
    const answersOf = (counts: number[]): LegAnswer[] =>
      counts.map((count, sampleIndex) => ({
        sampleIndex,
        tokenIds: Array.from({ length: count }, () => 7),
      }));
    const decide = (counts: number[]): AuditResult =>
      resultOf({ legs: legsOf(length, { answers: answersOf(counts) }) }, length);
    expect(decide([2, 4, 6, 4])).toMatchObject({ decision: 'passed', tokens: { meanTokens: 4 } });
    expect(decide([2, 2, 2, 4]).decision).toBe('failed');
    expect(rulesOf(decide([2, 2, 2, 4]), length)[1]).toMatchObject({
      measured: 2.5,
      limit: 3,
      distance: 0.5,
      unit: 'tokens',
    });
    expect(decide([2, 6]).decision).toBe('inconclusive');
    expect(decide([4])).toMatchObject({ decision: 'inconclusive' });
  });
});
