import type { Suite } from '#harness/contracts/define-suite.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { RunOrder } from './run-order.ts';

/** Every setting of the run: the suite's limits, and what the job asked for. Offline has no throughput windows. */
export function runSettings(suite: Suite, order: RunOrder, hasPowerMeter: boolean): RunSettings {
  const { performance, accuracy, dataset } = suite;
  const measuresWindows = order.scenario === 'single-stream' && order.mode !== 'accuracy';
  return {
    scenario: order.scenario,
    mode: order.mode,
    seed: order.seed,
    minDurationMs: performance.minDurationMs,
    minQueryCount: performance.minQueryCount,
    maxDurationMs: performance.maxDurationMs,
    queryDeadlineMs: performance.queryDeadlineMs,
    percentile: performance.percentile,
    windowCount: measuresWindows ? performance.windowCount : 0,
    minWindowMs: performance.minWindowMs,
    accuracySampleCount: order.mode === 'performance' ? 0 : dataset.sampleCount,
    accuracyMetric: accuracy.metric,
    accuracyAtLeast: accuracy.atLeast,
    performanceSampleCount: Math.min(performance.sampleCount, dataset.sampleCount),
    powerRequired: hasPowerMeter && measuresWindows,
  };
}
