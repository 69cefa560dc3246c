import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { InferenceWindow } from '#harness/contracts/dut.ts';
import { accuracyResult } from '#harness/judge/results/accuracy-result.ts';
import { throughputResult } from '#harness/judge/results/throughput-result.ts';
import { testSettings } from '#harness/judge/testing/test-settings.ts';

import { readInferReply, type InferReading } from './infer-reply.ts';
import { parseTinyLine } from './protocol.ts';

/** One published window: the label in the file's name, the two readings of the board's timer, its results line. */
interface PublishedWindow {
  readonly label: number;
  readonly lapsUs: readonly [number, number];
  readonly results: string;
}

/**
 * NUCLEO-L4R5ZI, keyword spotting, v1.0, EEMBC runner: the lines of the board as the host logged them. Its timer
 * counts milliseconds.
 */
const eembcRun: readonly PublishedWindow[] = [
  {
    label: 7,
    lapsUs: [89_292_000, 109_256_000],
    results: 'm-results-[0.000,0.000,0.000,0.000,0.000,0.000,0.000,0.996,0.000,0.000,0.000,0.000]',
  },
  {
    label: 2,
    lapsUs: [110_388_000, 130_350_000],
    results: 'm-results-[0.000,0.000,0.992,0.000,0.000,0.000,0.000,0.000,0.000,0.000,0.000,0.008]',
  },
  {
    label: 6,
    lapsUs: [131_484_000, 151_444_000],
    results: 'm-results-[0.000,0.000,0.000,0.000,0.000,0.000,0.996,0.000,0.000,0.000,0.000,0.000]',
  },
  {
    label: 8,
    lapsUs: [152_574_000, 172_538_000],
    results: 'm-results-[0.000,0.000,0.000,0.000,0.004,0.000,0.000,0.000,0.996,0.000,0.000,0.000]',
  },
  {
    label: 5,
    lapsUs: [173_671_000, 193_628_000],
    results: 'm-results-[0.000,0.000,0.000,0.000,0.000,0.996,0.000,0.000,0.000,0.000,0.000,0.000]',
  },
];

/** NUCLEO-L4R5ZI-P, keyword spotting, v1.3, Python runner: start_time, end_time and results of its results.json. */
const pythonRun: readonly PublishedWindow[] = [
  {
    label: 7,
    lapsUs: [114_879_046, 125_741_088],
    results: 'm-results-[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.996,0.0,0.0,0.0,0.0]',
  },
  {
    label: 2,
    lapsUs: [125_854_797, 136_709_475],
    results: 'm-results-[0.0,0.0,0.988,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.008]',
  },
  {
    label: 6,
    lapsUs: [136_822_537, 147_669_752],
    results: 'm-results-[0.0,0.0,0.0,0.0,0.0,0.0,0.996,0.0,0.0,0.0,0.0,0.0]',
  },
  {
    label: 8,
    lapsUs: [147_767_200, 158_629_236],
    results: 'm-results-[0.0,0.0,0.0,0.0,0.004,0.0,0.0,0.0,0.996,0.0,0.0,0.0]',
  },
  {
    label: 5,
    lapsUs: [158_735_019, 169_571_253],
    results: 'm-results-[0.0,0.0,0.0,0.0,0.0,0.996,0.0,0.0,0.0,0.0,0.0,0.0]',
  },
];

/** The reply as our command asks for it: it sends no warm-up, the published runs did. */
function readingOf({ lapsUs, results }: PublishedWindow, inferenceCount: number): InferReading {
  const lines = [
    'm-warmup-start-0',
    'm-warmup-done',
    `m-infer-start-${inferenceCount}`,
    `m-lap-us-${lapsUs[0]}`,
    `m-lap-us-${lapsUs[1]}`,
    'm-infer-done',
    results,
  ];
  const reply = {
    isComplete: true,
    messages: lines.map((line) => parseTinyLine(line)),
    arrivedAtNs: lines.map((_, line) => line),
  };
  const reading = readInferReply(reply, inferenceCount, 12);
  if (reading.kind !== 'whole') throw new Error(`not read: ${reading.reason}`);
  return reading;
}

function windowsOf(
  run: readonly PublishedWindow[],
  inferenceCount: number,
): readonly InferenceWindow[] {
  return run.map((window) => ({ inferenceCount, ...readingOf(window, inferenceCount) }));
}

function medianOf(windows: readonly InferenceWindow[]): {
  readonly samplesPerSecond: number;
  readonly windowSamplesPerSecond: readonly number[];
} {
  const settings = { ...testSettings, scenario: 'single-stream' as const };
  const result = throughputResult({ settings, windows, latency: undefined, load: undefined });
  expect(result?.basis).toBe('windows-median');
  return result ?? { samplesPerSecond: Number.NaN, windowSamplesPerSecond: [] };
}

describe('the published throughput', () => {
  it('of the EEMBC runner comes out to the printed digit, windows and median', () => {
    const { samplesPerSecond, windowSamplesPerSecond } = medianOf(windowsOf(eembcRun, 200));
    const printed = windowSamplesPerSecond.map((rate) => rate.toFixed(3));
    expect(printed).toEqual(['10.018', '10.019', '10.020', '10.018', '10.022']);
    expect(samplesPerSecond.toFixed(3)).toBe('10.019');
  });

  it('of the Python runner comes out to the last bit, windows and median', () => {
    const { samplesPerSecond, windowSamplesPerSecond } = medianOf(windowsOf(pythonRun, 250));
    expect(windowSamplesPerSecond).toEqual([
      23.01593015383295, 23.031544556181217, 23.04739050530482, 23.01594286743296,
      23.070745796002562,
    ]);
    expect(samplesPerSecond).toBe(23.031544556181217);
    expect(samplesPerSecond.toFixed(3)).toBe('23.032');
  });
});

describe('the published results', () => {
  it.each([
    { runner: 'EEMBC', run: eembcRun, count: 200 },
    { runner: 'Python', run: pythonRun, count: 250 },
  ])('of the $runner runner give five right answers of five', ({ run, count }) => {
    const accuracy = run.map((window, sampleIndex) => ({
      sampleIndex,
      output: readingOf(window, count).values ?? new Float32Array(),
    }));
    const labels = Uint8Array.from(run, ({ label }) => label);
    const result = accuracyResult({ accuracy, labels: [...labels] }, testSettings);
    expect(result).toMatchObject({ value: 1, correctCount: 5, sampleCount: 5 });
  });

  it('keep the places of their second values, which decide a Top-1 that is close', () => {
    const [, second] = eembcRun.map((window) => readingOf(window, 200).values);
    expect(second?.[11]).toBeCloseTo(0.008, 6);
  });
});

/** The logs lie beside the repository, in a `shared` folder of it or of a folder above. */
function logsFolder(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const logs = join(folder, 'shared', 'data', 'tiny', 'logs');
    if (existsSync(logs)) return logs;
  }
  return undefined;
}

const folder = logsFolder();

// The figures above are checked everywhere; this checks that they were typed right.
describe.skipIf(folder === undefined)('the published logs in shared/data/tiny/logs', () => {
  const read = (name: string): string => readFileSync(join(folder ?? '', name)).toString();

  it('hold the lines typed here', () => {
    const log = read('v1.0_octoml_l4r5zi_kws_performance_log.txt');
    const laps = [...log.matchAll(/m-lap-us-(\d+)/gu)].map((match) => Number(match[1]));
    // The first is that of the `timestamp` command.
    expect(laps.slice(1)).toEqual(eembcRun.flatMap(({ lapsUs }) => lapsUs));
    expect(log.match(/m-results-\[.*\]/gu)).toEqual(eembcRun.map(({ results }) => results));
    const results: unknown = JSON.parse(read('v1.3_st_l4r5zi-p_kws_performance_results.json'));
    expect(results).toMatchObject(
      pythonRun.map(({ lapsUs, label }) => ({
        class: String(label),
        infer: { start_time: lapsUs[0], end_time: lapsUs[1], iterations: 250 },
      })),
    );
  });

  it('hold the medians typed here', () => {
    const eembc = read('v1.0_octoml_l4r5zi_kws_performance_results.txt');
    expect(eembc).toContain('Median throughput is 10.019 inf./sec.');
    const python = read('v1.3_st_l4r5zi-p_kws_performance_results.txt');
    expect(python).toContain('Median throughput is     23.032 inf./sec.');
    expect(python).toContain('Throughput: 23.031544556181217 inf./sec.');
  });
});
