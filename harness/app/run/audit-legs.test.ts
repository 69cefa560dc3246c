import { describe, expect, it } from 'vitest';

import type { AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { auditLegs, sizedLikeBase } from './audit-legs.ts';

const seedSets = ['1', '2', '3'].map((seed) => ({ qsl: seed, sampleIndex: seed, schedule: seed }));

const audit: AuditSettings = {
  audit: 'other-seeds',
  version: '1.0.0',
  pairCount: 4,
  legMinDurationMs: 250,
  legMinQueryCount: 16,
  confidence: 0.99,
  ratioAtLeast: null,
  ratioAtMost: 1.05,
  sampledAnswerCount: 0,
  valueTolerance: 0,
  sameIndex: null,
  seeds: seedSets,
  endTokenId: null,
  meanTokensAtLeast: null,
  meanTokensAtMost: null,
  rule: 'a rule',
};

const settings: RunSettings = {
  scenario: 'single-stream',
  mode: 'compliance',
  seed: 7,
  minDurationMs: 2000,
  minQueryCount: 100,
  maxDurationMs: 60_000,
  queryDeadlineMs: 1000,
  percentile: 0.9,
  windowCount: 5,
  minWindowMs: 1000,
  accuracySampleCount: 1000,
  accuracyMetric: 'top-1',
  accuracyAtLeast: 0.9,
  performanceSampleCount: 64,
  powerRequired: true,
  order: 'portable',
  selection: 'normal',
  seeds: { qsl: '7', sampleIndex: '7', schedule: '7' },
  provenance: { seed: 'job' },
};

function withAudit(change: Partial<AuditSettings>): RunSettings {
  return { ...settings, audit: { ...audit, ...change } };
}

describe('audit legs', () => {
  it('are none of a run that is no audit', () => {
    expect(auditLegs(settings)).toEqual([]);
  });

  it('run in ABBA order, numbered, with a log each', () => {
    expect(auditLegs(withAudit({})).map(({ file }) => file)).toEqual([
      'raw/legs/01-base.bin',
      'raw/legs/02-audit.bin',
      'raw/legs/03-audit.bin',
      'raw/legs/04-base.bin',
      'raw/legs/05-base.bin',
      'raw/legs/06-audit.bin',
      'raw/legs/07-audit.bin',
      'raw/legs/08-base.bin',
    ]);
  });

  it('are performance loads of their own length, without windows, power, audit and provenance', () => {
    for (const leg of auditLegs(withAudit({}))) {
      expect(leg.settings).toMatchObject({
        mode: 'performance',
        minDurationMs: 250,
        minQueryCount: 16,
        windowCount: 0,
        accuracySampleCount: 0,
        powerRequired: false,
        maxDurationMs: 60_000,
      });
      expect(leg.settings.audit).toBeUndefined();
      expect(leg.settings.provenance).toBeUndefined();
    }
  });

  it('take the other seeds in turn, and only in audit legs', () => {
    const seeds = auditLegs(withAudit({})).map((leg) => leg.settings.seeds?.qsl);
    expect(seeds).toEqual(['7', '1', '2', '7', '7', '3', '1', '7']);
  });

  it('of one sample select it in audit legs, and base legs draw from the wider set', () => {
    const legs = auditLegs(
      withAudit({ selection: 'same', sameIndex: 3, seeds: [], baseSampleCount: 1000 }),
    );
    expect(legs[0]?.settings).toMatchObject({ selection: 'normal', performanceSampleCount: 1000 });
    expect(legs[0]?.settings.sameIndex).toBeUndefined();
    expect(legs[1]?.settings).toMatchObject({
      selection: 'same',
      sameIndex: 3,
      performanceSampleCount: 64,
      seeds: { qsl: '7' },
    });
  });

  it('keep answers in audit legs only', () => {
    const legs = auditLegs({
      ...withAudit({ sampledAnswerCount: 256 }),
      accuracyLogSamplingTarget: 9,
    });
    expect(legs[0]?.answersFile).toBeUndefined();
    expect(legs[0]?.settings.accuracyLogSamplingTarget).toBeUndefined();
    expect(legs[1]?.answersFile).toBe('raw/legs/02-answers.jsonl');
    expect(legs[1]?.settings.accuracyLogSamplingTarget).toBe(256);
  });

  it('that compare no speed are audit legs alone', () => {
    const roles = auditLegs(withAudit({ ratioAtMost: null, pairCount: 2 })).map(({ role }) => role);
    expect(roles).toEqual(['audit', 'audit']);
  });

  it('that keep answers are sized by the base leg before them, others and offline ones are not', () => {
    const [base, keeping] = auditLegs(withAudit({ sampledAnswerCount: 256 }));
    if (base === undefined || keeping === undefined) throw new Error('there are 8 legs');
    expect(sizedLikeBase(keeping, 5000).minQueryCount).toBe(5000);
    expect(sizedLikeBase(keeping, 3).minQueryCount).toBe(16);
    expect(sizedLikeBase(base, 5000).minQueryCount).toBe(16);
    const offline = { ...keeping, settings: { ...keeping.settings, scenario: 'offline' } } as const;
    expect(sizedLikeBase(offline, 5000).minQueryCount).toBe(16);
  });
});
