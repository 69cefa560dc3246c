import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { windowDurationNs } from '../raw/windows.ts';
import { isBeforeRuleSet3 } from '../rule-set.ts';

/**
 * Inferences per second of each window: N over the seconds between the two time stamps, rounded as the public runner
 * of the tiny benchmarks rounds it.
 */
export function windowRates(windows: readonly InferenceWindow[], settings: RunSettings): number[] {
  const isOld = isBeforeRuleSet3(settings);
  return windows.map((window) => {
    const { inferenceCount } = window;
    const durationNs = windowDurationNs(window);
    return isOld ? (inferenceCount * 1e9) / durationNs : inferenceCount / (durationNs / 1e9);
  });
}
