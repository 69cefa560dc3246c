import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { LoadLimits } from '#harness/loadgen/core/load-core-options.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import { equalIssueMultiple } from '#harness/loadgen/plan/planned-counts.ts';

const outstandingCountMaxDefault = 65_536;

/** The order and schedule of a performance load with these settings; a probe of a peak search is a server load. */
export function loadPlanOf(settings: RunSettings): LoadPlanSettings {
  const { scenario, seed, seeds, performanceSampleCount, minDurationMs, minQueryCount } = settings;
  const ofSeed = String(seed);
  const isServer = scenario === 'server' || scenario === 'find-peak';
  assert(!isServer || settings.targetQps !== undefined, 'a server load has a rate');
  return {
    scenario: isServer ? 'server' : scenario,
    mode: 'performance',
    order: settings.order ?? 'portable',
    selection: settings.selection ?? 'normal',
    sameIndex: settings.sameIndex ?? 0,
    seeds: {
      qsl: seeds?.qsl ?? ofSeed,
      sampleIndex: seeds?.sampleIndex ?? ofSeed,
      schedule: seeds?.schedule ?? ofSeed,
      accuracyLog: seeds?.accuracyLog ?? ofSeed,
    },
    librarySampleCount: settings.librarySampleCount ?? performanceSampleCount,
    performanceSampleCount,
    samplesPerQuery: settings.samplesPerQuery ?? 1,
    minDurationMs,
    minQueryCount,
    // A stream's or an offline load's length follows from its measurement; nothing of a run depends on this hint.
    qps: settings.targetQps ?? 1,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: settings.accuracyLogSamplingTarget ?? 0,
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
