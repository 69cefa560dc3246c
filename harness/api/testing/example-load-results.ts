import type { Results } from '#harness/contracts/records/run-record.ts';

/** Results of a server run: 1204 queries per second completed, 8.21 ms at p99, 12 over the limit. */
export const exampleServer: Results = {
  latency: {
    queryCount: 72_214,
    failedQueryCount: 0,
    minNs: 2_900_000,
    meanNs: 4_350_000,
    p50Ns: 4_100_000,
    p90Ns: 6_200_000,
    p95Ns: 6_900_000,
    p97Ns: 7_400_000,
    p99Ns: 8_210_000,
    p999Ns: 12_300_000,
    maxNs: 17_100_000,
    earlyStopping: { percentile: 0.99, met: true, latencyNs: null, queriesNeeded: 0 },
  },
  load: {
    queryCount: 72_214,
    completedCount: 72_214,
    failedCount: 0,
    lostCount: 0,
    lateCount: 0,
    duplicateCount: 0,
    unknownCount: 0,
    overLimitCount: 12,
    timedNs: 3.14e11,
    lastScheduledAtNs: 59_990_000_000,
    scheduledPerSecond: 1203.8,
    completedPerSecond: 1203.7,
    issueDelay: { p50Ns: 640, p90Ns: 2100, p99Ns: 21_400, p999Ns: 88_000, maxNs: 412_000 },
  },
  throughput: { samplesPerSecond: 1203.7, basis: 'completed-rate', windowSamplesPerSecond: [] },
};

/** Results of a search: 1830 queries per second hold the limit. */
export const examplePeak: Results = {
  peak: { peakQps: 1830.4, breaksAtQps: 1862, confidence: 0.99, probes: [] },
};

/** Results of an audit that passed. */
export const exampleAudit: Results = {
  audit: {
    audit: 'no-caching',
    decision: 'passed',
    reason: 'The audit legs took 0.998 of the time of the base legs.',
    legs: [],
    ratio: { value: 0.998, lower: 0.991, upper: 1.005, confidence: 0.95, pValue: 0.51 },
    answers: null,
    tokens: null,
  },
};
