import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { LoadLimits } from '#harness/loadgen/core/load-core-options.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import { equalIssueMultiple } from '#harness/loadgen/plan/planned-counts.ts';

const outstandingCountMaxDefault = 65_536;

/** Settings that a record of rule set 1 has not: what its loads did. */
const ofRuleSet1 = {
  order: 'portable',
  selection: 'normal',
  sameIndex: 0,
  samplesPerQuery: 1,
  accuracyLogSamplingTarget: 0,
} as const;

function planSeeds({ seed, seeds }: RunSettings): LoadPlanSettings['seeds'] {
  const ofSeed = String(seed);
  const ofJob = { qsl: ofSeed, sampleIndex: ofSeed, schedule: ofSeed, accuracyLog: ofSeed };
  return { ...ofJob, ...seeds };
}

function planScenario({ scenario, targetQps }: RunSettings): LoadPlanSettings['scenario'] {
  const isServer = scenario === 'server' || scenario === 'find-peak';
  assert(!isServer || targetQps !== undefined, 'a server load has a rate');
  return isServer ? 'server' : scenario;
}

/** The order and schedule of a performance load with these settings; a probe of a peak search is a server load. */
export function loadPlanOf(given: RunSettings): LoadPlanSettings {
  const settings = { ...ofRuleSet1, ...given };
  const { performanceSampleCount } = settings;
  return {
    scenario: planScenario(settings),
    mode: 'performance',
    order: settings.order,
    selection: settings.selection,
    sameIndex: settings.sameIndex,
    seeds: planSeeds(settings),
    librarySampleCount: settings.librarySampleCount ?? performanceSampleCount,
    performanceSampleCount,
    samplesPerQuery: settings.samplesPerQuery,
    minDurationMs: settings.minDurationMs,
    minQueryCount: settings.minQueryCount,
    // A stream's or an offline load's length follows from its measurement; nothing of a run depends on this hint.
    qps: settings.targetQps ?? 1,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: settings.accuracyLogSamplingTarget,
  };
}

/** When the load is enough. */
export function loadLimitsOf(settings: RunSettings): LoadLimits {
  const { minDurationMs, minQueryCount, maxDurationMs, queryDeadlineMs, percentile } = settings;
  const { targetLatencyNs, outstandingCountMax = outstandingCountMaxDefault } = settings;
  const plan = loadPlanOf(settings);
  return {
    minDurationMs,
    minQueryCount,
    maxDurationMs,
    queryDeadlineMs,
    percentile,
    ...(targetLatencyNs === undefined ? {} : { targetLatencyNs }),
    outstandingCountMax,
    ...(plan.selection === 'equal-issue'
      ? { countMultiple: equalIssueMultiple(plan, plan.performanceSampleCount) }
      : {}),
  };
}
