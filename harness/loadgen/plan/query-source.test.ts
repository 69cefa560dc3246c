import { describe, expect, it } from 'vitest';

import type { LoadPlanSettings } from './load-plan-settings.ts';
import { loadPlan } from './load-plan.ts';
import { querySource } from './query-source.ts';

function settings(changes: Partial<LoadPlanSettings>): LoadPlanSettings {
  return {
    scenario: 'server',
    mode: 'performance',
    order: 'reference',
    selection: 'normal',
    sameIndex: 1,
    seeds: { qsl: '1', sampleIndex: '2', schedule: '3', accuracyLog: '0' },
    librarySampleCount: 12,
    performanceSampleCount: 10,
    samplesPerQuery: 1,
    minDurationMs: 0,
    minQueryCount: 24,
    qps: 1000,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: 0,
    ...changes,
  };
}

const scenarios = ['single-stream', 'multi-stream', 'server', 'offline'] as const;
const orders = ['reference', 'reference-5', 'portable'] as const;
const endless = ['normal', 'equal-issue', 'same'] as const;
const cases = scenarios.flatMap((scenario) =>
  orders.flatMap((order) => endless.map((selection) => [scenario, order, selection] as const)),
);

/** Calls until -1, at most `callCount` times. */
function taken(
  given: LoadPlanSettings,
  callCount: number,
): { samples: number[]; scheduledNs: number[] } {
  const source = querySource(given);
  const unit = new Uint32Array(source.samplesPerQuery + 1);
  const samples: number[] = [];
  const scheduledNs: number[] = [];
  for (let call = 0; call < callCount; call += 1) {
    const atNs = source.next(unit, 1);
    if (atNs === -1) break;
    scheduledNs.push(atNs);
    samples.push(...unit.subarray(1));
  }
  return { samples, scheduledNs };
}

describe('querySource', () => {
  it.each(cases)('%s, %s, %s: begins with the plan and goes on', (scenario, order, selection) => {
    const samplesPerQuery = scenario === 'multi-stream' ? 4 : 1;
    const given = settings({ scenario, order, selection, samplesPerQuery });
    const plan = loadPlan(given);
    const { samples, scheduledNs } = taken(given, 200);
    expect(samples).toHaveLength(200 * samplesPerQuery);
    expect(samples.slice(0, plan.samples.length)).toEqual(plan.samples);
    const expectedNs = scenario === 'server' ? plan.scheduledNs : plan.scheduledNs.map(() => 0);
    expect(scheduledNs.slice(0, plan.queries)).toEqual(expectedNs);
  });

  it.each(orders)('%s: unique gives each of 10 samples once, then -1', (order) => {
    for (const scenario of ['single-stream', 'server', 'offline'] as const) {
      const { samples } = taken(settings({ scenario, order, selection: 'unique' }), 50);
      expect(samples).toHaveLength(10);
      expect(new Set(samples).size).toBe(10);
    }
  });

  it('repeats the permutations of equal issue when the reference would have run out', () => {
    const { samples } = taken(settings({ selection: 'equal-issue' }), 90);
    expect(samples.slice(30, 60)).toEqual(samples.slice(0, 30));
    expect(samples.slice(60, 90)).toEqual(samples.slice(0, 30));
  });

  it('draws two sources from the same seeds independently', () => {
    const [first, second] = [querySource(settings({})), querySource(settings({}))];
    const samples = new Uint32Array(2);
    const atNs = [first.next(samples, 0), first.next(samples, 0), second.next(samples, 1)];
    expect(atNs[2]).toBe(atNs[0]);
    expect(taken(settings({}), 2).samples).toEqual([samples[1], samples[0]]);
  });
});
