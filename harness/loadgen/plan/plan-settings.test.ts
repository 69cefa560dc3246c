import { describe, expect, it } from 'vitest';

import { LabError } from '#harness/kernel/lab-error.ts';

import { loadPlanSettings, parseLoadFileSettings } from './plan-settings.ts';

const good = {
  scenario: 'single-stream',
  mode: 'performance',
  order: 'reference',
  selection: 'normal',
  seeds: { qsl: '1', sampleIndex: '2', schedule: '18446744073709551615' },
  librarySampleCount: 100,
  performanceSampleCount: 40,
  minDurationMs: 0,
  minQueryCount: 10,
};

function problemsOf(value: unknown): unknown {
  try {
    parseLoadFileSettings(value);
  } catch (thrown) {
    if (thrown instanceof LabError && thrown.code === 'loadgen/settings-invalid')
      return thrown.details['problems'];
    throw thrown;
  }
  return [];
}

describe('parseLoadFileSettings', () => {
  it('fills in the built-in defaults', () => {
    const filled = (changes: object): unknown =>
      loadPlanSettings(parseLoadFileSettings({ ...good, ...changes }));
    expect(filled({})).toMatchObject({
      qps: 1000,
      samplesPerQuery: 1,
      sameIndex: 0,
      seeds: { accuracyLog: '0' },
    });
    expect(filled({ scenario: 'multi-stream' })).toMatchObject({ qps: 125, samplesPerQuery: 8 });
    expect(filled({ scenario: 'offline' })).toMatchObject({ qps: 1, samplesPerQuery: 1 });
    expect(filled({ scenario: 'server', targetQps: 7 })).toMatchObject({ qps: 7 });
  });

  it('takes the keys of the judge', () => {
    const judged = {
      targetPercentile: 0.99,
      targetLatencyNs: 1e7,
      ttftTargetNs: 2e9,
      tpotTargetNs: 2e8,
    };
    expect(problemsOf({ ...good, ...judged })).toEqual([]);
  });

  it.each([
    ['an unknown key', { speed: 1 }, ['speed: unknown key']],
    ['an unknown seed', { seeds: { ...good.seeds, x: '1' } }, ['seeds.x: unknown key']],
    [
      'a seed of 65 bits',
      { seeds: { ...good.seeds, qsl: '18446744073709551616' } },
      ['seeds.qsl: must be at most 2^64-1'],
    ],
    [
      'a set over the library',
      { performanceSampleCount: 101 },
      ['performanceSampleCount: 101 is more than librarySampleCount, 100'],
    ],
    [
      'sameIndex without same',
      { sameIndex: 0 },
      ['sameIndex: belongs to selection same, not normal'],
    ],
    [
      'sameIndex out of the set',
      { selection: 'same', sameIndex: 40 },
      ['sameIndex: 40 is outside of a loaded set of 40 samples'],
    ],
    [
      'sameIndex out of the last set',
      { mode: 'accuracy', selection: 'same', sameIndex: 20 },
      ['sameIndex: 20 is outside of a loaded set of 20 samples'],
    ],
    [
      'samples per query in a single stream',
      { samplesPerQuery: 2 },
      ['samplesPerQuery: belongs to multi-stream; single-stream takes 1'],
    ],
    [
      'two ways of sampling',
      { accuracyLogProbability: 0.1, accuracyLogSamplingTarget: 5 },
      ['accuracyLogProbability: contradicts accuracyLogSamplingTarget; give one'],
    ],
    ['no query', { minQueryCount: 0 }, ['minQueryCount: 0 with minDurationMs 0 plans no query']],
    [
      'a scenario that is none',
      { scenario: 'burst' },
      ['scenario: must be one of "single-stream", "multi-stream", "server", "offline"'],
    ],
  ])('names %s', (_name, changes, problems) => {
    expect(problemsOf({ ...good, ...changes })).toEqual(problems);
  });

  it('names all problems at once', () => {
    const { mode: _mode, ...rest } = good;
    const value = { ...rest, targetQps: 'fast', bogus: 1, samplesPerQuery: 3, sameIndex: 2 };
    expect(problemsOf(value)).toEqual([
      'mode: missing',
      'bogus: unknown key',
      'targetQps: must be number',
      'sameIndex: belongs to selection same, not normal',
      'samplesPerQuery: belongs to multi-stream; single-stream takes 1',
    ]);
  });

  it('names a key once, where it is wrong and another needs it', () => {
    const value = { ...good, scenario: 'server', targetQps: -1 };
    expect(problemsOf(value)).toEqual(['targetQps: must be > 0']);
  });

  it.each([undefined, null, 3, 'x', []])('refuses %o', (value) => {
    expect(problemsOf(value)).toEqual(['the settings: must be object']);
  });
});
