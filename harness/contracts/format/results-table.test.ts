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
    'run    suite             board   scenario       acc %  p50/p90/p99 ms  per s  µJ/inf  verdict',
    'run-1  keyword-spotting  tiny-1  single-stream      –               –      –       –  (measuring)',
    'run-2  keyword-spotting  tiny-1  single-stream   91.3   15.6/165/0.91   63.8       –  pass',
    'run-3  keyword-spotting  tiny-1  single-stream      –               –      –       –  error dut/timeout',
  ]);
});

const ns = { minNs: 1, meanNs: 1, p95Ns: 1, p97Ns: 1, p999Ns: 1, maxNs: 1 };
const latency = {
  ...ns,
  p50Ns: 4_100_000,
  p90Ns: 6_200_000,
  p99Ns: 8_210_000,
  queryCount: 72_000,
  failedQueryCount: 0,
  earlyStopping: { percentile: 0.99, met: true, latencyNs: null, queriesNeeded: 0 },
};
const load = {
  queryCount: 72_000,
  completedCount: 72_000,
  failedCount: 0,
  lostCount: 0,
  lateCount: 0,
  duplicateCount: 0,
  unknownCount: 0,
  timedNs: 1,
  lastScheduledAtNs: 1,
  completedPerSecond: 1203.7,
};

it('shows completed queries of a server, the peak of a search, and what an audit decided', () => {
  const server: RunSummary = { ...passed, scenario: 'server', results: { latency, load } };
  const peak = { peakQps: 1830.4, breaksAtQps: 1850, confidence: 0.99, probes: [] };
  const search: RunSummary = { ...passed, scenario: 'find-peak', results: { peak } };
  const noPeak = { ...search, results: { peak: { ...peak, peakQps: null } } };
  const audit: RunSummary = {
    ...passed,
    mode: 'compliance',
    results: {
      audit: {
        audit: 'no-caching',
        decision: 'passed',
        reason: '',
        legs: [],
        ratio: null,
        answers: null,
        tokens: null,
      },
    },
  };
  const [, ...lines] = resultsTable([server, search, noPeak, audit]).split('\n');
  expect(lines.map((line) => line.slice('run-2  keyword-spotting  tiny-1  '.length))).toStrictEqual(
    [
      'server             –  4.10/6.20/8.21   1204       –  pass',
      'find-peak          –               –   1830       –  pass',
      'find-peak          –               –      –       –  pass',
      'single-stream      –               –      –       –  pass no-caching: passed',
    ],
  );
});

it('fits into 120 columns with the ids of the demo lab', () => {
  const results = { ...passed.results, latency };
  const run: RunSummary = {
    ...passed,
    runId: 'run-demo-01kpcz5g2m7d3x9q4t',
    suiteId: 'image-classification',
    boardId: 'mcu-1',
    results,
  };
  for (const line of resultsTable([run]).split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});

it('shows what a stream heard, and the throughput that its duty cycle allows', () => {
  const stream = {
    wordCount: 50,
    truePositiveCount: 46,
    falseNegativeCount: 4,
    falsePositiveCount: 3,
    playedMs: 1_200_000,
    pulseCount: 142,
    missedWordIndices: [],
    falsePositiveAtMs: [],
    dutyCycle: {
      frameCount: 100,
      meanOnNs: 18e6,
      meanPeriodNs: 32e6,
      dutyCycle: 0.5625,
      periodVariation: 0,
      inferencesPerSecond: 1000 / 18,
    },
    meanWatts: null,
  };
  const [, row] = resultsTable([{ ...passed, results: { stream } }]).split('\n');
  expect(row).toMatch(/ {2}55\.6 +– +pass 46 TP, 4 FN, 3 FP$/);
});

it('shows tokens in a table of their own, also where only their number is known, within 120 columns', () => {
  const times = { ...ns, p50Ns: 1, p90Ns: 1 };
  const tokens = {
    tokenCount: 11_940,
    tokensPerSecond: 199.4,
    ttft: { ...times, p99Ns: 182_000_000 },
    tpot: { ...times, p99Ns: 21_400_000 },
    ttftEarlyStoppingMet: true,
    tpotEarlyStoppingMet: true,
  };
  const run: RunSummary = {
    ...passed,
    runId: 'run-demo-01kpcz5g2m7d3x9q4t',
    suiteId: 'question-answering',
    boardId: 'text-1',
    results: { ...passed.results, latency, tokens },
  };
  const counted = { ...run, results: { load: { ...load, tokensPerSecond: 1530 } } };
  const lines = resultsTable([run, passed, counted]).split('\n');
  expect(lines.slice(4)).toStrictEqual([
    '',
    'run                          tokens per s  TTFT p99 ms  TPOT p99 ms',
    'run-demo-01kpcz5g2m7d3x9q4t           199          182         21.4',
    'run-demo-01kpcz5g2m7d3x9q4t          1530            –            –',
  ]);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
});
