import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';

import type { AuditOptions } from '#harness/contracts/define-audit.ts';
import {
  AuditIdSchema,
  AuditSettingsSchema,
  type AuditId,
  type AuditSettings,
} from '#harness/contracts/records/audit-record.ts';
import type { RunSettings, Scenario } from '#harness/contracts/records/run-record.ts';

import { complianceAudits } from './compliance-audits.ts';

function base(scenario: Scenario, change: Partial<RunSettings> = {}): RunSettings {
  return {
    scenario,
    mode: 'compliance',
    seed: 7,
    minDurationMs: 600_000,
    minQueryCount: 24_576,
    maxDurationMs: 1_000_000,
    queryDeadlineMs: 1000,
    percentile: 0.9,
    windowCount: 0,
    minWindowMs: 1000,
    accuracySampleCount: 1000,
    accuracyMetric: 'top-1',
    accuracyAtLeast: 0.9,
    performanceSampleCount: 64,
    powerRequired: false,
    samplesPerQuery: scenario === 'multi-stream' ? 8 : 1,
    seeds: { qsl: '1', sampleIndex: '2', schedule: '3' },
    ...change,
  };
}

const options: AuditOptions = { tokens: { endTokenId: 2, referenceMeanTokens: 1278.2 } };

function settingsOf(id: AuditId, of: RunSettings, more: AuditOptions = {}): AuditSettings {
  const audit = complianceAudits.find((candidate) => candidate.id === id);
  if (audit === undefined) throw new Error(`no audit ${id}`);
  expect(audit.refusal?.(of, { ...options, ...more })).toBeUndefined();
  return audit.settings(of, { ...options, ...more });
}

function refusalOf(id: AuditId, of: RunSettings, more?: AuditOptions): string | undefined {
  return complianceAudits.find((audit) => audit.id === id)?.refusal?.(of, more);
}

describe('compliance audits', () => {
  it('are one for each id', () => {
    expect(complianceAudits.map(({ id }) => id)).toEqual(
      AuditIdSchema.anyOf.map((literal) => literal.const),
    );
  });

  const scenarios = ['single-stream', 'multi-stream', 'server', 'offline'] as const;
  it.each(scenarios.flatMap((scenario) => complianceAudits.map((audit) => ({ scenario, audit }))))(
    'make whole settings and a rule in one sentence: $audit.id in $scenario',
    ({ scenario, audit }) => {
      const settings = settingsOf(audit.id, base(scenario));
      expect(Value.Check(AuditSettingsSchema, settings)).toBe(true);
      expect(settings).toMatchObject({ audit: audit.id, version: audit.version, confidence: 0.99 });
      expect(settings.rule).toMatch(/^Passed when .+; failed when .+; .*inconclusive.*\.$/u);
      expect(audit.settings(base(scenario), options)).toEqual(settings);
    },
  );

  it('cut the load into 8 pairs of legs, or as many as the job says', () => {
    expect(settingsOf('no-caching', base('server'))).toMatchObject({
      pairCount: 8,
      legMinDurationMs: 75_000,
      legMinQueryCount: 3072,
    });
    expect(settingsOf('no-caching', base('server'), { pairCount: 20 })).toMatchObject({
      pairCount: 20,
      legMinDurationMs: 30_000,
    });
    const tiny = base('single-stream', { minDurationMs: 0, minQueryCount: 1 });
    expect(settingsOf('other-seeds', tiny)).toMatchObject({
      legMinDurationMs: 250,
      legMinQueryCount: 16,
    });
  });

  it('widen the limits for queries of 200 us a sample in streams only', () => {
    expect(settingsOf('real-results', base('single-stream'))).toMatchObject({
      ratioAtLeast: 0.9,
      ratioAtMost: 1.1,
      shortQuery: { latencyNsAtMost: 200_000, ratioAtLeast: 0.8, ratioAtMost: 1.2 },
    });
    expect(settingsOf('no-caching', base('multi-stream')).shortQuery).toEqual({
      latencyNsAtMost: 1_600_000,
      ratioAtLeast: 0.8,
      ratioAtMost: null,
    });
    expect(settingsOf('other-seeds', base('server')).shortQuery).toBeUndefined();
  });

  it('of real results keep other answers in each leg, of the same queries', () => {
    const { seeds, pairCount } = settingsOf('real-results', base('single-stream'));
    expect(seeds[0]).toEqual({
      qsl: '1',
      sampleIndex: '2',
      schedule: '3',
      accuracyLog: '720381539243781796',
    });
    expect(new Set(seeds.map(({ accuracyLog }) => accuracyLog)).size).toBe(pairCount);
    const old = settingsOf('real-results', base('single-stream', { seed: 9 }));
    expect(old.seeds.length).toBe(8);
  });

  it('of caching ask for sample 3, or the last of fewer, and base legs for the whole data set', () => {
    expect(settingsOf('no-caching', base('server'))).toMatchObject({
      selection: 'same',
      sameIndex: 3,
      baseSampleCount: 1000,
    });
    const two = base('server', { performanceSampleCount: 2, accuracySampleCount: 0 });
    expect(settingsOf('no-caching', two)).toMatchObject({ sameIndex: 1, baseSampleCount: 2 });
  });

  it('of other seeds use each of the three in each part', () => {
    const { seeds } = settingsOf('other-seeds', base('server'));
    for (const part of ['qsl', 'sampleIndex', 'schedule'] as const)
      expect(new Set(seeds.map((set) => set[part])).size).toBe(3);
  });

  it('of tokens take end token and reference from the suite, limits 10 % either way', () => {
    expect(settingsOf('token-consistency', base('server'))).toMatchObject({
      pairCount: 2,
      legMinQueryCount: 50,
      sampledAnswerCount: 50,
      endTokenId: 2,
    });
    expect(settingsOf('output-length', base('offline'))).toMatchObject({
      selection: 'equal-issue',
      legMinQueryCount: 64,
      sampledAnswerCount: 64,
      meanTokensAtLeast: 1150.38,
      meanTokensAtMost: 1406.02,
    });
  });

  it('are refused where they can say nothing', () => {
    expect(refusalOf('real-results', base('find-peak'))).toContain('find-peak searches one');
    expect(refusalOf('token-consistency', base('server'))).toContain('in tokens');
    expect(refusalOf('output-length', base('server'), { tokens: { endTokenId: 2 } })).toContain(
      'referenceMeanTokens',
    );
  });
});
