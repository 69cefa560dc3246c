import { expect, it } from 'vitest';

import type { RunSummary } from '#harness/contracts/records/job-record.ts';
import type { Results } from '#harness/contracts/records/run-record.ts';

import { exampleAudit, examplePeak, exampleServer } from '../api/testing/example-load-results.ts';
import { exampleResults, exampleRun } from '../api/testing/example-records.ts';
import { keyResultParts } from './key-result.ts';
import { languages } from './texts.ts';

const run = (scenario: RunSummary['scenario'], results: Results | null): RunSummary =>
  exampleRun({ scenario, results });

const exampleStream = {
  wordCount: 50,
  truePositiveCount: 46,
  falseNegativeCount: 4,
  falsePositiveCount: 3,
  playedMs: 1_200_000,
  pulseCount: 142,
  missedWordIndices: [0, 12, 25, 37],
  falsePositiveAtMs: [70_000, 400_000, 900_000],
  dutyCycle: null,
  meanWatts: null,
};

const percentiles = {
  minNs: 1,
  meanNs: 1,
  p50Ns: 1,
  p90Ns: 15_900_000,
  p95Ns: 1,
  p97Ns: 1,
  p99Ns: 21_400_000,
  p999Ns: 1,
  maxNs: 1,
};
const deviceTimes = {
  queryCount: 640,
  longerThanHostCount: 0,
  device: percentiles,
  difference: percentiles,
};
const tokens = {
  tokenCount: 11_940,
  tokensPerSecond: 199.4,
  ttft: { ...percentiles, p99Ns: 182_000_000 },
  tpot: percentiles,
  ttftEarlyStoppingMet: true,
  tpotEarlyStoppingMet: true,
};

it.each([
  [
    run('single-stream', { ...exampleResults, deviceTimes }),
    'p90 16.5 ms · device p90 15.9 ms',
    'p90 16.5 ms · 裝置 p90 15.9 ms',
  ],
  [
    run('multi-stream', { ...exampleResults, deviceTimes, tokens }),
    'p99 18.3 ms · device p99 21.4 ms · 199 tok/s · TTFT p99 182 ms · TPOT p99 21.4 ms',
    'p99 18.3 ms · 裝置 p99 21.4 ms · 每秒 199 個 token · TTFT p99 182 ms · TPOT p99 21.4 ms',
  ],
  [run('single-stream', exampleResults), 'p90 16.5 ms', 'p90 16.5 ms'],
  [run('multi-stream', exampleResults), 'p99 18.3 ms', 'p99 18.3 ms'],
  [run('offline', exampleResults), '63.8 inf/s', '63.8 推論/秒'],
  [
    run('server', exampleServer),
    '1204 q/s · p99 8.21 ms · 12 over the limit',
    '每秒 1204 次查詢 · p99 8.21 ms · 12 次超過上限',
  ],
  [run('find-peak', examplePeak), 'peak 1830 q/s', '峰值每秒 1830 次查詢'],
  [run('single-stream', exampleAudit), 'no-caching: passed', '無快取: 通過'],
  [run('single-stream', { stream: exampleStream }), '46 TP · 4 FN · 3 FP', '46 TP · 4 FN · 3 FP'],
  [run('server', {}), '', ''],
  [run('find-peak', {}), '', ''],
  [run('server', null), '', ''],
])('says what the scenario is about', (summary, english, chinese) => {
  expect(keyResultParts(summary, languages.en).join(' · ')).toBe(english);
  expect(keyResultParts(summary, languages['zh-TW']).join(' · ')).toBe(chinese);
});

it('says that no rate held', () => {
  const peak = { peakQps: null, breaksAtQps: 10, confidence: 0.99, probes: [] };
  expect(keyResultParts(run('find-peak', { peak }), languages.en)).toStrictEqual([
    'no rate holds the limit',
  ]);
});
