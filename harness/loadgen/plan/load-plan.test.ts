import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assertDefined } from '#harness/kernel/assert.ts';

import { lazyPlan } from './lazy-plan.ts';
import type { LoadPlanSettings } from './load-plan-settings.ts';
import { loadPlan } from './load-plan.ts';
import { referencePlans } from './testing/reference-plans.ts';
import { gapsNs, roundSeeds, settings } from './testing/sample-settings.ts';

function numbers(text: string): number[] {
  return text.split(' ').map(Number);
}

const ascending = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);

describe('golden values of the protocol sheet, seeds of round 6.1', () => {
  it('loads the set 216 267 822 …', () => {
    const [set] = loadPlan(settings({}), 0).sets;
    expect(set?.slice(0, 8)).toEqual([216, 267, 822, 906, 663, 580, 710, 908]);
    expect(set).toHaveLength(1024);
  });

  it('issues 784 618 960 … in single-stream and in server', () => {
    const first = [784, 618, 960, 248, 513, 635, 155, 667];
    expect(loadPlan(settings({}), 8).samples).toEqual(first);
    expect(loadPlan(settings({ scenario: 'server' }), 8).samples).toEqual(first);
  });

  it('issues 678 266 573 … in multi-stream of 8', () => {
    const plan = loadPlan(settings({ scenario: 'multi-stream', samplesPerQuery: 8 }), 1);
    expect(plan.samples.slice(0, 6)).toEqual([678, 266, 573, 278, 241, 816]);
    expect(plan.samples).toHaveLength(8);
    expect(plan.sets[0]).toHaveLength(1031);
  });

  it('issues 296 844 285 … in accuracy mode', () => {
    const { samples } = loadPlan(settings({ mode: 'accuracy' }));
    expect(samples.slice(0, 6)).toEqual([296, 844, 285, 544, 830, 828]);
    expect(ascending(samples)).toEqual(Array.from({ length: 1024 }, (_, i) => i));
  });

  it.each([
    [
      roundSeeds,
      [],
      [18_436_540, 4_579_236, 12_858_623, 7_129_947, 3_864_066, 22_483_416, 10_915_799],
    ],
    [
      { qsl: '1', sampleIndex: '2', schedule: '3', accuracyLog: '0' },
      [881, 799, 863, 866, 671, 766],
      [733_504, 18_322_630, 1_293_442],
    ],
    [
      { qsl: '0', sampleIndex: '0', schedule: '0', accuracyLog: '0' },
      [156, 361, 639, 789, 371, 945],
      [8_985_603, 18_596_042],
    ],
  ])('schedules server at 100 queries/s, seeds %o', (seeds, samples, gaps) => {
    const plan = loadPlan(settings({ scenario: 'server', seeds }), 8);
    expect(plan.samples.slice(0, samples.length)).toEqual(samples);
    expect(gapsNs(plan.scheduledNs).slice(0, gaps.length)).toEqual(gaps);
  });

  it('cuts seeds to 32 bits: 2^32+1 behaves as 1', () => {
    const seeded = (seed: string): LoadPlanSettings =>
      settings({
        scenario: 'server',
        seeds: { qsl: seed, sampleIndex: seed, schedule: seed, accuracyLog: seed },
      });
    expect(loadPlan(seeded('4294967297'), 50)).toEqual(loadPlan(seeded('1'), 50));
  });
});

const scenarios = ['single-stream', 'multi-stream', 'server', 'offline'] as const;
const modes = ['performance', 'accuracy'] as const;
const orders = ['reference', 'reference-5', 'portable'] as const;
const selections = ['normal', 'equal-issue', 'unique', 'same'] as const;

/** The word among those allowed. */
function oneOf<Word extends string>(words: readonly Word[], word: string | undefined): Word {
  return assertDefined(
    words.find((allowed) => allowed === word),
    `one of ${words.join(' ')}`,
  );
}

/** The settings of a line of `referencePlans`. */
function observedSettings(words: readonly string[]): LoadPlanSettings {
  const scenario = oneOf(scenarios, words[1]);
  return settings({
    order: oneOf(orders, words[0]),
    scenario,
    mode: oneOf(modes, words[2]),
    selection: oneOf(selections, words[3]),
    sameIndex: 2,
    seeds: { ...roundSeeds, accuracyLog: '720381539243781796' },
    librarySampleCount: 23,
    performanceSampleCount: 10,
    samplesPerQuery: scenario === 'multi-stream' ? 4 : 1,
    minQueryCount: 12,
    qps: { 'single-stream': 1000, 'multi-stream': 125, server: 1e5, offline: 1 }[scenario],
    accuracyLogSamplingTarget: 6,
  });
}

describe('runs of the reference', () => {
  const observed = referencePlans.trim().split('\n');
  it.each(observed.map((line) => line.split(' | ')))(
    '%s: %s queries',
    (load, queries, ...lists) => {
      const [samples = [], kept = []] = lists.map((list) => numbers(list));
      const given = observedSettings(load.split(' '));
      const plan = loadPlan(given);
      expect(plan.queries).toBe(Number(queries));
      expect(plan.samples.slice(0, samples.length)).toEqual(samples);
      const isWhole = plan.samples.length === samples.length;
      expect(isWhole || given.mode === 'performance').toBe(true);
      const logged = plan.logged?.slice(0, samples.length).flatMap((is, i) => (is ? [i] : []));
      expect(logged).toEqual(given.mode === 'accuracy' ? undefined : kept);
    },
  );

  it.each([
    [70_000, 70_000, 'reference', 3434, [58_108, 28_945, 41_267, 38_824, 11_770, 35_738]],
    [65_536, 65_536, 'reference', 3434, [320, 25_423, 10_954, 43_702, 4800, 29_001]],
    [65_535, 65_535, 'reference', 27_236, [5502, 33_494, 36_904, 724, 18_782, 37_794]],
    [70_000, 65_535, 'reference', 27_236, [5502, 33_494, 36_904, 724, 18_782, 37_794]],
    [70_000, 65_535, 'reference-5', 3434, [45_673, 15_733, 302, 29_313, 46_253, 50_542]],
  ] as const)('library %i, set %i, %s', (...row) => {
    const [librarySampleCount, performanceSampleCount, order, firstLoaded, samples] = row;
    const sizes = { librarySampleCount, performanceSampleCount, minQueryCount: 8 };
    const plan = loadPlan(settings({ ...sizes, order }), 6);
    expect(plan.sets[0]?.[0]).toBe(firstLoaded);
    expect(plan.samples).toEqual(samples);
  });

  it.each([
    [0, 10, 1e6, 20],
    [0, 11, 1e6, 20],
    [0, 5, 1e6, 10],
    [10, 5, 1e6, 30],
    [10, 5, 1_052_632, 20],
    [10, 5, 1_052_631, 30],
    [5, 3, 333_333, 40],
  ])(
    'equal issue of single-stream, set 10: %i ms, at least %i, hint %i ns makes %i queries',
    (...row) => {
      const [minDurationMs, minQueryCount, hintNs, queries] = row;
      const small = {
        librarySampleCount: 10,
        performanceSampleCount: 10,
        selection: 'equal-issue',
      } as const;
      const plan = loadPlan(
        settings({ ...small, minDurationMs, minQueryCount, qps: 1e9 / hintNs }),
      );
      expect(plan.queries).toBe(queries);
      expect(plan.samples).toHaveLength(queries);
    },
  );
});

describe('any plan', () => {
  const anySettings = fc
    .record({
      scenario: fc.constantFrom('single-stream', 'multi-stream', 'server', 'offline'),
      mode: fc.constantFrom('performance', 'accuracy'),
      order: fc.constantFrom('reference', 'reference-5', 'portable'),
      selection: fc.constantFrom('normal', 'equal-issue', 'unique', 'same'),
      qsl: fc.bigInt(0n, 2n ** 64n - 1n),
      sampleIndex: fc.bigInt(0n, 2n ** 64n - 1n),
      schedule: fc.bigInt(0n, 2n ** 64n - 1n),
      library: fc.integer({ min: 4, max: 60 }),
      set: fc.integer({ min: 4, max: 60 }),
      samplesPerQuery: fc.integer({ min: 1, max: 4 }),
      minQueryCount: fc.integer({ min: 1, max: 200 }),
      minDurationMs: fc.constantFrom(0, 5),
    })
    .map(({ qsl, sampleIndex, schedule, library, set, samplesPerQuery, ...given }) =>
      settings({
        ...given,
        seeds: {
          qsl: String(qsl),
          sampleIndex: String(sampleIndex),
          schedule: String(schedule),
          accuracyLog: '0',
        },
        librarySampleCount: library,
        performanceSampleCount: Math.min(library, set),
        samplesPerQuery: given.scenario === 'multi-stream' ? samplesPerQuery : 1,
        qps: 10_000,
      }),
    );

  it('issues only samples that its sets have loaded, as many as it says', () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const plan = loadPlan(given);
        const loaded = new Set(plan.sets.flat());
        expect(plan.samples.every((sample) => loaded.has(sample))).toBe(true);
        expect(plan.scheduledNs).toHaveLength(plan.queries);
        expect(
          given.scenario === 'offline' ||
            plan.samples.length === plan.queries * plan.samplesPerQuery,
        ).toBe(true);
        expect(new Set(plan.sets.flatMap((set) => set)).size).toBe(
          given.mode === 'accuracy' ? given.librarySampleCount : given.performanceSampleCount,
        );
      }),
    );
  });

  it('lists with a count what it lists without, cut to that many queries', () => {
    fc.assert(
      fc.property(anySettings, fc.integer({ min: 0, max: 30 }), (given, count) => {
        const whole = loadPlan(given);
        const cut = loadPlan(given, count);
        expect(cut.queries).toBe(whole.queries);
        expect(cut.scheduledNs).toEqual(whole.scheduledNs.slice(0, count));
        expect(cut.samples).toEqual(whole.samples.slice(0, cut.samples.length));
      }),
    );
  });

  it('issues each sample of a set once a pass in equal issue, one sample a query', () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const equal = { ...given, selection: 'equal-issue', samplesPerQuery: 1 } as const;
        const scenario = given.scenario === 'multi-stream' ? 'server' : given.scenario;
        const { samples, sets } = loadPlan({ ...equal, scenario, mode: 'performance' });
        const set = ascending(sets[0] ?? []);
        for (let at = 0; at < samples.length; at += set.length)
          expect(ascending(samples.slice(at, at + set.length))).toEqual(set);
      }),
    );
  });

  it('has every sample once in accuracy mode, but for what fills a multi-stream query', () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const selection = given.selection === 'same' ? 'normal' : given.selection;
        const { samples } = loadPlan({ ...given, selection, mode: 'accuracy' });
        expect(new Set(samples).size).toBe(given.librarySampleCount);
        const isFilled = samples.length > given.librarySampleCount;
        expect(isFilled && given.samplesPerQuery === 1).toBe(false);
      }),
    );
  });

  it('schedules server monotone and at its rate, to 2 %', () => {
    fc.assert(
      fc.property(fc.constantFrom('reference', 'portable'), fc.nat(), (order, seed) => {
        const { scheduledNs } = loadPlan(
          settings({
            order,
            scenario: 'server',
            minQueryCount: 40_000,
            seeds: { ...roundSeeds, schedule: String(seed) },
          }),
        );
        expect(gapsNs(scheduledNs).every((gapNs) => gapNs >= 0)).toBe(true);
        const meanNs = (scheduledNs.at(-1) ?? 0) / (scheduledNs.length - 1);
        expect(meanNs / 1e7).toBeGreaterThan(0.98);
        expect(meanNs / 1e7).toBeLessThan(1.02);
      }),
      { numRuns: 20 },
    );
  });

  it('counts 10 million server queries without making them', () => {
    const plan = lazyPlan(settings({ scenario: 'server', qps: 1e6, minDurationMs: 10_000 }), 3);
    expect(plan.queries).toBeGreaterThan(9_900_000);
    expect([...plan.samples()]).toEqual([784, 618, 960]);
  });

  it('refuses a plan of more than a thousand million queries', () => {
    const long = { qps: 1e6, minDurationMs: 1e7 };
    for (const scenario of ['server', 'single-stream', 'offline'] as const) {
      expect(() => lazyPlan(settings({ ...long, scenario }), 1)).toThrow(
        expect.objectContaining({ code: 'loadgen/plan-too-long' }),
      );
    }
  });
});
