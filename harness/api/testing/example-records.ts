import type { BoardSummary, Job, RunSummary } from '#harness/contracts/records/job-record.ts';
import type { Results } from '#harness/contracts/records/run-record.ts';

/** A free and healthy board on a serial port. */
export function exampleBoard(changes: Partial<BoardSummary>): BoardSummary {
  return {
    boardId: 'tiny-1',
    name: 'Tiny board 1',
    maker: 'Example Silicon',
    stationId: 'bench-1',
    driver: 'dut/tiny-serial',
    powerMeterId: 'analyzer-1',
    state: 'free',
    health: 'good',
    runId: null,
    lastError: null,
    recovery: [],
    ...changes,
  };
}

/** A queued job. */
export function exampleJob(changes: Partial<Job>): Job {
  return {
    jobId: 'job-demo-0001',
    suiteId: 'keyword-spotting',
    boardId: 'tiny-1',
    scenario: 'single-stream',
    mode: 'both',
    seed: 7,
    state: 'queued',
    submittedAtMs: 1.8e12,
    endedAtMs: null,
    attemptCount: 0,
    verdict: 'none',
    runIds: [],
    ...changes,
  };
}

/** Results of a run that measured everything: 18.25 ms at P99, 120.5 µJ per inference. */
export const exampleResults: Results = {
  accuracy: { metric: 'top-1', value: 0.9125, correctCount: 73, sampleCount: 80, atLeast: 0.85 },
  latency: {
    queryCount: 640,
    failedQueryCount: 0,
    minNs: 15_000_000,
    meanNs: 15_700_000,
    p50Ns: 15_625_000,
    p90Ns: 16_500_000,
    p95Ns: 17_000_000,
    p97Ns: 17_500_000,
    p99Ns: 18_250_000,
    p999Ns: 19_000_000,
    maxNs: 19_500_000,
    earlyStopping: { percentile: 0.9, met: true, latencyNs: 16_600_000, queriesNeeded: 0 },
  },
  throughput: {
    samplesPerSecond: 63.75,
    basis: 'windows-median',
    windowSamplesPerSecond: [63.5, 63.75, 64],
  },
  energy: {
    microjoulesPerInference: 120.5,
    windowMicrojoulesPerInference: [120, 120.5, 121],
    meanWatts: 0.0077,
    idleWatts: 0.003,
    sampleRateHz: 1000,
    sampleCount: 12_000,
    lostSampleCount: 0,
    clockOffsetUncertaintyNs: 400_000,
  },
};

/** An open run that has just been leased. */
export function exampleRun(changes: Partial<RunSummary>): RunSummary {
  return {
    runId: 'run-demo-0001',
    jobId: 'job-demo-0001',
    boardId: 'tiny-1',
    suiteId: 'keyword-spotting',
    scenario: 'single-stream',
    mode: 'both',
    attempt: 1,
    fence: 1,
    phase: 'measuring',
    verdict: 'none',
    outcome: 'open',
    startedAtMs: 1.8e12,
    endedAtMs: null,
    results: null,
    error: null,
    recordSha256: null,
    bundlePath: '/nowhere/run-demo-0001',
    reportPath: null,
    ...changes,
  };
}
