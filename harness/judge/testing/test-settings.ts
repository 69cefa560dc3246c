import type { RunSettings } from '#harness/contracts/records/run-record.ts';

/** Settings of rule set 2 for tests: a single stream of performance alone. */
export const testSettings: RunSettings = {
  scenario: 'single-stream',
  mode: 'performance',
  seed: 1,
  minDurationMs: 1000,
  minQueryCount: 64,
  maxDurationMs: 60_000,
  queryDeadlineMs: 1000,
  percentile: 0.9,
  windowCount: 0,
  minWindowMs: 1000,
  accuracySampleCount: 0,
  accuracyMetric: 'top-1',
  accuracyAtLeast: 0.75,
  performanceSampleCount: 100,
  powerRequired: false,
  order: 'portable',
  statesDeviceTimes: true,
  selection: 'normal',
  samplesPerQuery: 1,
};

/** The same as a server load of 100 queries a second with a limit of 10 ms at p99. */
export const testServerSettings: RunSettings = {
  ...testSettings,
  scenario: 'server',
  percentile: 0.99,
  targetQps: 100,
  targetLatencyNs: 10_000_000,
  outstandingCountMax: 1000,
};
