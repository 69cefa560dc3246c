import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';

import type { AuditDefinition } from '#harness/contracts/define-audit.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import { RunSettingsSchema } from '#harness/contracts/records/run-record.ts';
import { keywordSpotting } from '#suites/keyword-spotting/keyword-spotting.ts';
import { streamingWakeword } from '#suites/streaming-wakeword/streaming-wakeword.ts';

import { resolveRunSettings } from './resolve-run-settings.ts';
import type { SettingsRequest } from './settings-request.ts';

const audit: AuditDefinition = {
  id: 'no-caching',
  version: '1',
  title: 'No caching',
  question: 'Does it cache?',
  settings: (base) => ({
    audit: 'no-caching',
    version: '1',
    pairCount: 4,
    legMinDurationMs: 100,
    legMinQueryCount: base.minQueryCount,
    confidence: 0.95,
    ratioAtLeast: 0.9,
    ratioAtMost: null,
    sampledAnswerCount: 0,
    valueTolerance: 0,
    sameIndex: 3,
    seeds: [],
    endTokenId: null,
    meanTokensAtLeast: null,
    meanTokensAtMost: null,
    rule: 'at most 10 % faster',
  }),
};

const { server: _server, ...withoutServer } = keywordSpotting.performance;
/** A suite that says nothing of the server scenario. */
const plain = { ...keywordSpotting, performance: withoutServer };

function settingsOf(request: Partial<SettingsRequest>): RunSettings {
  return resolveRunSettings({
    suite: plain,
    scenario: 'single-stream',
    mode: 'both',
    seed: 7,
    hasPowerMeter: true,
    audits: [audit],
    ...request,
  });
}

describe('the settings of a run', () => {
  it('name the source of every value: job before suite before rule set before default', () => {
    const settings = settingsOf({
      scenario: 'server',
      load: { targetQps: 50, targetLatencyMs: 20, minDurationMs: 5000 },
    });
    expect(settings).toMatchObject({
      targetQps: 50,
      targetLatencyNs: 20e6,
      minDurationMs: 5000,
      minQueryCount: 100,
      percentile: 0.99,
      outstandingCountMax: 65_536,
      order: 'portable',
      seeds: { qsl: '7', sampleIndex: '7', schedule: '7' },
    });
    expect(settings.provenance).toMatchObject({
      targetQps: 'job',
      minDurationMs: 'job',
      minQueryCount: 'suite',
      percentile: 'rule-set',
      outstandingCountMax: 'default',
      order: 'default',
    });
  });

  it.each(['single-stream', 'multi-stream', 'offline'] as const)(
    'of %s fit the schema of the record without a limit of its own',
    (scenario) => {
      const settings = settingsOf({ scenario });
      expect([...Value.Errors(RunSettingsSchema, settings)]).toEqual([]);
      expect(settings.targetLatencyNs).toBeUndefined();
    },
  );

  it('let a single stream state the percentile of its suite, and 8 samples a query be multi-stream', () => {
    expect(settingsOf({}).percentile).toBe(0.9);
    expect(settingsOf({}).samplesPerQuery).toBe(1);
    expect(settingsOf({ scenario: 'multi-stream' })).toMatchObject({
      percentile: 0.99,
      samplesPerQuery: 8,
      windowCount: 0,
      powerRequired: false,
    });
  });

  it('raise the ceiling of wall time above a longer duration that the job asks for', () => {
    const { maxDurationMs, provenance } = settingsOf({ load: { minDurationMs: 600_000 } });
    expect(maxDurationMs).toBe(930_000);
    expect(provenance?.['maxDurationMs']).toBe('default');
  });

  it('hold what the audit asks for', () => {
    expect(settingsOf({ mode: 'compliance', audit: 'no-caching' }).audit?.pairCount).toBe(4);
  });

  it('hold the search for the peak, started at the rate that the job names', () => {
    const settings = settingsOf({
      scenario: 'find-peak',
      mode: 'performance',
      load: { targetLatencyMs: 10, peakStartQps: 300 },
    });
    expect(settings.peak).toEqual({
      startQps: 300,
      resolution: 0.02,
      probeMinDurationMs: 2000,
      probeMaxDurationMs: 30_000,
      probeCountMax: 30,
    });
  });
});

const refused: readonly {
  readonly name: string;
  readonly request: Partial<SettingsRequest>;
  readonly problem: string;
}[] = [
  {
    name: 'a rate in a single stream',
    request: { load: { targetQps: 5 } },
    problem: 'targetQps means nothing in single-stream',
  },
  {
    name: 'samples per query offline',
    request: { scenario: 'offline', load: { samplesPerQuery: 8 } },
    problem: 'it is for multi-stream',
  },
  {
    name: 'a server without a rate and a limit',
    request: { scenario: 'server' },
    problem: 'set targetQps; suite keyword-spotting names no latency limit',
  },
  {
    name: 'a minimum above the maximum',
    request: { load: { minDurationMs: 9, maxDurationMs: 8 } },
    problem: 'minDurationMs 9 is more than maxDurationMs 8',
  },
  {
    name: 'an index without its selection',
    request: { load: { sameIndex: 1 } },
    problem: 'sameIndex needs selection',
  },
  {
    name: 'an index outside the set',
    request: { load: { sameIndex: 99, selection: 'same' } },
    problem: 'sameIndex 99 is not below performanceSampleCount 32',
  },
  {
    name: 'more samples than there are',
    request: { load: { performanceSampleCount: 100_000 } },
    problem: "more than the data set's",
  },
  {
    name: 'unique with too few samples',
    request: { load: { selection: 'unique' } },
    problem: 'has 32 queries and minQueryCount is 100',
  },
  {
    name: 'unique in multi-stream with fewer queries of 8 samples than asked for',
    request: {
      scenario: 'multi-stream',
      load: { selection: 'unique', minQueryCount: 5 },
    },
    problem: 'has 4 queries and minQueryCount is 5',
  },
  {
    name: 'a peak of samples that come once',
    request: {
      scenario: 'find-peak',
      mode: 'performance',
      load: { selection: 'unique', targetLatencyMs: 1 },
    },
    problem: 'ends a probe of find-peak',
  },
  {
    name: 'a length of the load in a search, which has those of its probes',
    request: {
      scenario: 'find-peak',
      mode: 'performance',
      load: { minDurationMs: 600_000, targetLatencyMs: 1 },
    },
    problem: 'minDurationMs means nothing in find-peak',
  },
  {
    name: 'a ceiling below the minimum of the suite',
    request: { load: { maxDurationMs: 999 } },
    problem: 'minDurationMs 1000 is more than maxDurationMs 999',
  },
  {
    name: 'a limit that only lost queries could pass',
    request: { scenario: 'server', load: { targetQps: 5, targetLatencyMs: 2001 } },
    problem: 'targetLatencyMs 2001 is more than queryDeadlineMs 2000',
  },
  {
    name: 'a seed of more than 64 bits',
    request: {
      load: { seeds: { qsl: '18446744073709551616', sampleIndex: '1', schedule: '1' } },
    },
    problem: 'seeds.qsl must be at most 2^64-1',
  },
  {
    name: 'compliance without an audit',
    request: { mode: 'compliance' },
    problem: 'needs an audit: one of no-caching',
  },
  {
    name: 'an audit without compliance',
    request: { audit: 'no-caching' },
    problem: 'needs mode compliance',
  },
  {
    name: 'an audit that the lab lacks',
    request: { mode: 'compliance', audit: 'real-results' },
    problem: 'no audit real-results',
  },
  {
    name: 'pairs without an audit',
    request: { load: { pairCount: 3 } },
    problem: 'pairCount is for audits',
  },
  {
    name: 'a peak with accuracy',
    request: { scenario: 'find-peak', load: { targetLatencyMs: 1 } },
    problem: 'use mode performance',
  },
];

describe('contradictory settings', () => {
  it('are none where the suite makes them right: an index of its selection, the largest seed', () => {
    const suite = { ...plain, performance: { ...plain.performance, selection: 'same' as const } };
    const largest = '18446744073709551615';
    const seeds = { qsl: largest, sampleIndex: largest, schedule: largest };
    expect(settingsOf({ suite, load: { sameIndex: 3, seeds } })).toMatchObject({
      selection: 'same',
      sameIndex: 3,
    });
  });

  it.each(refused)('refuse $name', ({ request, problem }) => {
    expect(() => settingsOf(request)).toThrow(problem);
  });

  it('are all named at once', () => {
    const request = { scenario: 'server' as const, load: { samplesPerQuery: 2, sameIndex: 1 } };
    expect(() => settingsOf(request)).toThrow(/samplesPerQuery.*targetQps.*targetLatencyMs.*/);
  });
});

describe('a suite that plays a stream', () => {
  it('has the stream in its settings, with the tolerance of the public runner, and no load', () => {
    const settings = settingsOf({ suite: streamingWakeword });
    expect(Value.Check(RunSettingsSchema, settings)).toBe(true);
    expect(settings).toMatchObject({
      windowCount: 0,
      accuracySampleCount: 0,
      powerRequired: false,
      stream: { wordCount: 50, toleranceMs: 2000, debounceMs: 1000, falsePositiveCountMax: 8 },
      provenance: { stream: 'suite' },
    });
  });

  it('may set the tolerance that the README of the public runner has', () => {
    const {
      stream = { audioFile: '', durationMs: 1, falsePositiveCountMax: 0, falseNegativeCountMax: 0 },
    } = streamingWakeword;
    const suite = { ...streamingWakeword, stream: { ...stream, toleranceMs: 1000 } };
    expect(settingsOf({ suite }).stream?.toleranceMs).toBe(1000);
  });

  it.each<Partial<SettingsRequest>>([
    { scenario: 'server', mode: 'performance' },
    { mode: 'compliance', audit: 'no-caching' },
    { load: { minDurationMs: 10 } },
  ])('refuses what is of loads', (request) => {
    expect(() => settingsOf({ suite: streamingWakeword, ...request })).toThrow('plays a stream');
  });
});
