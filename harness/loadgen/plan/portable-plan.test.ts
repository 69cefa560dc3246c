import { describe, expect, it } from 'vitest';

import { loadPlan } from './load-plan.ts';
import { gapsNs, roundSeeds, settings } from './testing/sample-settings.ts';

describe('portable plans', () => {
  const portable = { order: 'portable', librarySampleCount: 7, performanceSampleCount: 7 } as const;
  const seeds = { ...roundSeeds, sampleIndex: '1', schedule: '1', accuracyLog: '1' };

  it('gives two passes of 7 in equal issue, as documented', () => {
    const plan = loadPlan(
      settings({ ...portable, seeds, selection: 'equal-issue', minQueryCount: 14 }),
    );
    expect(plan.samples).toEqual([6, 0, 3, 4, 2, 5, 1, 0, 2, 3, 5, 6, 4, 1]);
    expect(plan.sets).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
  });

  it('ends unique after one pass, in multi-stream before a query that is not full', () => {
    const once = loadPlan(settings({ ...portable, seeds, selection: 'unique' }));
    expect([once.queries, once.samples]).toEqual([7, [6, 0, 3, 4, 2, 5, 1]]);
    const pairs = loadPlan(
      settings({
        ...portable,
        seeds,
        selection: 'unique',
        scenario: 'multi-stream',
        samplesPerQuery: 2,
      }),
    );
    expect([pairs.queries, pairs.samples]).toEqual([3, [6, 0, 3, 4, 2, 5]]);
  });

  it('takes neighbours in multi-stream: first samples 8 1 1 9 of 10', () => {
    const plan = loadPlan(
      settings({
        order: 'portable',
        seeds,
        scenario: 'multi-stream',
        samplesPerQuery: 4,
        librarySampleCount: 10,
        performanceSampleCount: 10,
      }),
      4,
    );
    expect(plan.samples).toEqual([8, 9, 0, 1, 1, 2, 3, 4, 1, 2, 3, 4, 9, 0, 1, 2]);
    expect(plan.sets[0]).toHaveLength(10);
  });

  it.each([
    ['0', [1_902_841, 9_171_975, 13_761_288, 5_473_494, 5_415_522]],
    ['1', [5_509_035, 3_401_879, 22_258_461, 18_150_738, 2_528_553]],
    ['2747215439041700203', [5_604_710, 5_044_461, 9_974_349, 5_731_499, 2_546_687]],
    ['18446744073709551615', [25_055_476, 5_075_339, 413_541, 8_542_248, 25_068_888]],
  ])('schedules server at 100 queries/s, seed %s', (schedule, gaps) => {
    const plan = loadPlan(
      settings({ ...portable, scenario: 'server', seeds: { ...seeds, schedule } }),
      6,
    );
    expect(gapsNs(plan.scheduledNs)).toEqual(gaps);
  });

  it('keeps answers 0 1 2 12 16 … at probability 0.25, seed 1', () => {
    const { logged } = loadPlan(
      settings({ ...portable, seeds, minQueryCount: 40, accuracyLogProbability: 0.25 }),
    );
    expect(logged?.flatMap((kept, i) => (kept ? [i] : []))).toEqual([
      0, 1, 2, 12, 16, 20, 22, 23, 25, 26, 29, 30, 37,
    ]);
  });

  it('goes through the library by index in accuracy mode, set by set', () => {
    const plan = loadPlan(
      settings({
        order: 'portable',
        mode: 'accuracy',
        scenario: 'offline',
        librarySampleCount: 8,
        performanceSampleCount: 3,
      }),
    );
    const sets = [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ];
    expect(plan).toEqual({
      sets,
      queries: 3,
      samplesPerQuery: 3,
      samples: sets.flat(),
      scheduledNs: [0, 0, 0],
    });
  });
});
