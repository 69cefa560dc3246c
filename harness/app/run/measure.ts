import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { InferenceWindow } from '#harness/contracts/dut.ts';
import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import { accuracyFile, encodeAccuracyLine } from '#harness/judge/raw/accuracy-log.ts';
import { encodeLabels, labelsFile } from '#harness/judge/raw/labels.ts';
import { decodeQueryLog, queryLogFile, sortedLatenciesNs } from '#harness/judge/raw/query-log.ts';
import { encodeWindows, windowDurationNs, windowsFile } from '#harness/judge/raw/windows.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

import { deviceOf, type RunBench } from './run-bench.ts';
import { writeEvidence } from './write-evidence.ts';

/** An accuracy run goes on from its checkpoint after this many lost boards at most. */
const accuracyResumeCountMax = 3;
/** A throughput window that came out short is repeated with a larger count this often at most. */
const windowRepeatCountMax = 4;
/** How much longer than needed a window is planned, so that jitter does not make it short. */
const windowMargin = 1.1;

/** Faults after which the board can be asked again: it lost its state, not its identity. */
function isResumable(error: unknown): boolean {
  return hasCode(error, 'dut/rebooted', 'dut/timeout', 'dut/load-failed', 'dut/garbled-reply');
}

/** Where answers go as they come. */
interface Checkpoint {
  readonly append: (sampleIndex: number, output: readonly number[]) => void;
  readonly close: () => void;
}

/** Appends each answer as it comes: the file is the checkpoint. */
function openCheckpoint(path: string): Checkpoint {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'a');
    return {
      append: (sampleIndex, output) => {
        try {
          writeSync(file, encodeAccuracyLine({ sampleIndex, output: Float32Array.from(output) }));
        } catch (cause) {
          throw evidenceWriteError(cause, path);
        }
      },
      close: () => closeSync(file),
    };
  } catch (cause) {
    throw evidenceWriteError(cause, path);
  }
}

/** Answers so far, and the file that holds them. */
interface AccuracyState {
  readonly done: Set<number>;
  readonly checkpoint: Checkpoint;
}

async function answerSamples(
  bench: RunBench,
  { done, checkpoint }: AccuracyState,
  signal: AbortSignal,
): Promise<void> {
  const broken = new AbortController();
  const listener = {
    onSample: (sampleIndex: number, output: readonly number[]): void => {
      try {
        checkpoint.append(sampleIndex, output);
        done.add(sampleIndex);
      } catch (error) {
        broken.abort(error);
      }
    },
    onProgress: (progress: {
      step: string;
      doneCount: number;
      totalCount: number;
      note: string;
    }): void => bench.tell({ type: 'progress', ...progress }),
  };
  const argument = { settings: bench.settings, doneIndices: [...done] };
  const both = AbortSignal.any([signal, broken.signal]);
  try {
    await deviceOf(bench).call('accuracy', argument, { ...listener, signal: both });
  } finally {
    broken.signal.throwIfAborted();
  }
}

/** Every sample once; after a lost board the run goes on where the checkpoint ends. */
async function measureAccuracy(bench: RunBench, signal: AbortSignal): Promise<void> {
  const path = join(bench.order.bundleDir, accuracyFile);
  const checkpoint = openCheckpoint(path);
  const done = new Set<number>();
  try {
    for (let resumeCount = 0; ; resumeCount += 1) {
      try {
        await answerSamples(bench, { done, checkpoint }, signal);
        return;
      } catch (error) {
        if (signal.aborted || !isResumable(error) || resumeCount >= accuracyResumeCountMax)
          throw error;
        const fields = { error: String(error), doneCount: done.size };
        bench.log({
          level: 'warn',
          message: 'board lost in accuracy run, resuming from checkpoint',
          fields,
        });
        await deviceOf(bench).call('awaitBoot', null, { signal });
        await deviceOf(bench).call('identify', null, { signal });
      }
    }
  } finally {
    checkpoint.close();
  }
}

/** @returns the median latency in nanoseconds, for planning the windows */
async function measureLoad(bench: RunBench, signal: AbortSignal): Promise<number> {
  const outcome = await deviceOf(bench).call(
    'load',
    { settings: bench.settings },
    {
      signal,
      onProgress: (progress) => bench.tell({ type: 'progress', ...progress }),
    },
  );
  writeEvidence(bench.order.bundleDir, queryLogFile, outcome.queryFile);
  const { endedBy, completedCount } = outcome;
  bench.log({ level: 'info', message: 'load ended', fields: { endedBy, completedCount } });
  if (outcome.error !== null) throw thrownFromRecord(outcome.error);
  const sortedNs = sortedLatenciesNs(decodeQueryLog(outcome.queryFile));
  return assertDefined(sortedNs[Math.floor(sortedNs.length / 2)], 'a complete load has latencies');
}

/** One window of at least the wanted length; short ones are logged and repeated with a larger count. */
async function measureWindow(
  bench: RunBench,
  plan: { readonly sampleIndex: number; readonly inferenceCount: number },
  signal: AbortSignal,
): Promise<InferenceWindow> {
  const neededNs = bench.settings.minWindowMs * 1e6;
  let { inferenceCount } = plan;
  for (let attempt = 0; attempt < windowRepeatCountMax; attempt += 1) {
    const { sampleIndex } = plan;
    const window = await deviceOf(bench).call(
      'window',
      { sampleIndex, inferenceCount },
      { signal },
    );
    if (windowDurationNs(window) >= neededNs) return window;
    bench.log({ level: 'info', message: 'window too short, repeated', fields: { ...window } });
    inferenceCount =
      Math.ceil(((inferenceCount * neededNs) / windowDurationNs(window)) * windowMargin) + 1;
  }
  const message = `no window of ${bench.settings.minWindowMs} ms in ${windowRepeatCountMax} tries`;
  throw labError('run/window-too-short', message);
}

async function measureWindows(
  bench: RunBench,
  medianLatencyNs: number,
  signal: AbortSignal,
): Promise<void> {
  const { windowCount, performanceSampleCount } = bench.settings;
  const windows: InferenceWindow[] = [];
  let inferenceCount = Math.ceil(
    ((bench.settings.minWindowMs * 1e6) / medianLatencyNs) * windowMargin,
  );
  for (let index = 0; index < windowCount; index += 1) {
    const note = `window ${index + 1} of ${windowCount}`;
    bench.tell({
      type: 'progress',
      step: 'windows',
      doneCount: index,
      totalCount: windowCount,
      note,
    });
    const sampleIndex = index % performanceSampleCount;
    const window = await measureWindow(bench, { sampleIndex, inferenceCount }, signal);
    windows.push(window);
    inferenceCount = Math.ceil(
      ((window.inferenceCount * bench.settings.minWindowMs * 1e6) / windowDurationNs(window)) *
        windowMargin,
    );
  }
  writeEvidence(bench.order.bundleDir, windowsFile, encodeWindows(windows));
}

async function measureAll(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { mode, windowCount } = bench.settings;
  const samples = assertDefined(bench.found.samples, 'the data set was prepared in securing');
  writeEvidence(bench.order.bundleDir, labelsFile, encodeLabels(samples.labels));
  if (mode !== 'performance') await measureAccuracy(bench, signal);
  if (mode === 'accuracy') return;
  const medianLatencyNs = await measureLoad(bench, signal);
  if (windowCount > 0) await measureWindows(bench, medianLatencyNs, signal);
}

/** Accuracy, then the load, then the throughput windows, while power is recorded. A broken capture ends it. */
export async function measure(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { power } = bench.found;
  if (power === undefined) {
    await measureAll(bench, signal);
    return;
  }
  const stopMeasuring = new AbortController();
  const task = measureAll(bench, AbortSignal.any([signal, stopMeasuring.signal]));
  try {
    await power.guard(task);
  } catch (error) {
    stopMeasuring.abort(error);
    await Promise.allSettled([task]);
    throw error;
  }
}
