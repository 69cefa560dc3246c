import type { LoadEnd } from '../load-end.ts';
import { runOneByOne, type LoadContext } from '../one-by-one.ts';

/** An accuracy run. */
export interface AccuracyOptions extends Omit<LoadContext, 'maxDurationMs'> {
  readonly sampleCount: number;
  /** Samples answered by an earlier part of this run; they are not issued again. */
  readonly doneIndices?: ReadonlySet<number>;
  /** Takes each answer before the next sample is issued: the place to write a checkpoint. */
  readonly onOutput: (sampleIndex: number, output: Float32Array) => void | Promise<void>;
}

/**
 * Accuracy: every sample of the set exactly once, in order. Ends when all are answered, at a failed query or an
 * abort; `doneCount` counts those of this part. It can go on from where it ended.
 *
 * @throws whatever `onOutput` throws
 */
export function runAccuracy(options: AccuracyOptions): Promise<LoadEnd> {
  const { sampleCount, onOutput, doneIndices = new Set<number>() } = options;
  let nextIndex = 0;
  let answeredCount = doneIndices.size;
  return runOneByOne(options, {
    nextSampleIndex: () => {
      while (doneIndices.has(nextIndex)) nextIndex += 1;
      if (nextIndex >= sampleCount) return undefined;
      nextIndex += 1;
      return nextIndex - 1;
    },
    prepare: () => undefined,
    onQuery: async ({ sampleIndex, ended, answer }) => {
      if (ended !== 'completed' || answer === undefined) return;
      await onOutput(sampleIndex, answer.output);
      answeredCount += 1;
    },
    progress: () => ({ doneCount: answeredCount, totalCount: sampleCount }),
  });
}
