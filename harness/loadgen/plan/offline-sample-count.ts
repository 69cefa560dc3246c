import type { LoadPlanSettings } from './load-plan-settings.ts';

/** A tenth more than the expected rate needs, so that the query lasts for the minimum duration. */
const slack = 1.1;

/** Samples of the offline query of a performance load, before equal issue fills the last pass. Pure. */
export function offlineSampleCount(settings: LoadPlanSettings): number {
  if (settings.selection === 'unique') return settings.performanceSampleCount;
  const expected = Math.floor(slack * (settings.minDurationMs / 1000) * settings.qps);
  return Math.max(settings.minQueryCount, expected);
}
