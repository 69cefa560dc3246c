import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

import {
  accuracyFile,
  encodeAccuracyLine,
  type AccuracyEntry,
} from '#harness/judge/raw/accuracy-log.ts';
import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

import { isRecoverable, recoverDevice } from './recover-device.ts';
import { resumableAnswers } from './resume-answers.ts';
import { deviceOf, type RunBench } from './run-bench.ts';

/** An accuracy run goes on from its checkpoint after this many lost boards at most … */
const resumeCountMax = 50;
/** … and after this many in a row that brought no new answer. */
const vainCountMax = 2;

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

/** Answers of an interrupted attempt, into this run's own checkpoint. */
function takeOver(
  bench: RunBench,
  { done, checkpoint }: AccuracyState,
  resumed: readonly AccuracyEntry[],
): void {
  const { resumeFrom } = bench.order;
  if (resumeFrom === undefined || resumed.length === 0) return;
  for (const { sampleIndex, output } of resumed) {
    checkpoint.append(sampleIndex, [...output]);
    done.add(sampleIndex);
  }
  const { runId } = resumeFrom;
  bench.found.resumed = { runId, sampleCount: resumed.length };
  const fields = { runId, sampleCount: resumed.length };
  bench.log({ level: 'info', message: 'answers of an interrupted attempt taken over', fields });
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

/**
 * Every sample once; after a lost board the run goes on where the checkpoint ends.
 *
 * @throws LabError of the device, evidence/…
 */
export async function measureAccuracy(bench: RunBench, signal: AbortSignal): Promise<void> {
  const path = join(bench.order.bundleDir, accuracyFile);
  const resumed = resumableAnswers(bench);
  const checkpoint = openCheckpoint(path);
  const done = new Set<number>();
  try {
    takeOver(bench, { done, checkpoint }, resumed);
    for (let resumeCount = 0, vainCount = 0, doneBefore = done.size; ; resumeCount += 1) {
      try {
        await answerSamples(bench, { done, checkpoint }, signal);
        return;
      } catch (error) {
        vainCount = done.size > doneBefore ? 0 : vainCount + 1;
        doneBefore = done.size;
        const isHopeless = vainCount > vainCountMax || resumeCount >= resumeCountMax;
        if (signal.aborted || !isRecoverable(error) || isHopeless) throw error;
        const fields = { error: String(error), doneCount: done.size };
        bench.log({
          level: 'warn',
          message: 'board lost in accuracy run, resuming from checkpoint',
          fields,
        });
        await recoverDevice(bench, error, signal);
      }
    }
  } finally {
    checkpoint.close();
  }
}
