import type { LoadPlanSettings } from '../load-plan-settings.ts';

/** Seeds of round 6.1 of the protocol sheet. */
export const roundSeeds = {
  qsl: '2085463073848966840',
  sampleIndex: '2747215439041700203',
  schedule: '16159082839903944936',
  accuracyLog: '0',
};

/** A reference plan of 200 single-stream queries over 1024 samples, but for the changes. */
export function settings(changes: Partial<LoadPlanSettings>): LoadPlanSettings {
  return {
    scenario: 'single-stream',
    mode: 'performance',
    order: 'reference',
    selection: 'normal',
    sameIndex: 0,
    seeds: roundSeeds,
    librarySampleCount: 1024,
    performanceSampleCount: 1024,
    samplesPerQuery: 1,
    minDurationMs: 0,
    minQueryCount: 200,
    qps: 100,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: 0,
    ...changes,
  };
}

/** From each query to the next. */
export function gapsNs(scheduledNs: readonly number[]): number[] {
  return scheduledNs.slice(1).map((atNs, i) => atNs - (scheduledNs[i] ?? 0));
}
