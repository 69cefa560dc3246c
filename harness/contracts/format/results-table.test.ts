import { expect, it } from 'vitest';

import type { RunSummary } from '../records/job-record.ts';
import { resultsTable } from './results-table.ts';

const open: RunSummary = {
  runId: 'run-1',
  jobId: 'job-1',
  boardId: 'tiny-1',
  suiteId: 'keyword-spotting',
  scenario: 'single-stream',
  mode: 'both',
  attempt: 1,
  fence: 1,
  phase: 'measuring',
  verdict: 'none',
  outcome: 'open',
  startedAtMs: 0,
  endedAtMs: null,
  results: null,
  error: null,
  recordSha256: null,
  bundlePath: '/nowhere',
  reportPath: null,
};

const passed: RunSummary = {
  ...open,
  runId: 'run-2',
  phase: 'ended',
  outcome: 'completed',
  verdict: 'pass',
  results: {
    accuracy: { metric: 'top-1', value: 0.9125, correctCount: 73, sampleCount: 80, atLeast: 0.85 },
    latency: {
      queryCount: 1,
      failedQueryCount: 0,
      minNs: 1,
      meanNs: 1,
      p50Ns: 15_625_000,
      p90Ns: 165_000_000,
      p95Ns: 1,
      p97Ns: 1,
      p99Ns: 912_340,
      p999Ns: 1,
      maxNs: 1,
      earlyStopping: { percentile: 0.9, met: true, latencyNs: 1, queriesNeeded: 0 },
    },
    throughput: { samplesPerSecond: 63.75, basis: 'mean-latency', windowSamplesPerSecond: [] },
  },
};

it('shows what was measured with its units, a dash for what was not, and the verdict as a word', () => {
  const failed: RunSummary = {
    ...passed,
    runId: 'run-3',
    verdict: 'error',
    results: null,
    error: {
      code: 'dut/timeout',
      class: 'dut',
      retry: 'automatic',
      message: '',
      remedy: '',
      details: {},
    },
  };
  expect(resultsTable([open, passed, failed]).split('\n')).toStrictEqual([
    'run    suite             board   scenario       accuracy  p50 ms  p90 ms  p99 ms  inf/s  µJ/inf  verdict',
    'run-1  keyword-spotting  tiny-1  single-stream         –       –       –       –      –       –  (measuring)',
    'run-2  keyword-spotting  tiny-1  single-stream    91.3 %    15.6     165   0.912   63.8       –  pass',
    'run-3  keyword-spotting  tiny-1  single-stream         –       –       –       –      –       –  error dut/timeout',
  ]);
});
