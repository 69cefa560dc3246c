import type { AccuracyEntry } from '../raw/accuracy-log.ts';
import type { ValueAnswer } from './leg-answers.ts';

/** How kept answers stand against those of the accuracy run. */
export interface AnswerComparison {
  /** Answers to samples that the accuracy run answered too. */
  readonly comparedCount: number;
  /** Of these: farther away than the tolerance in any value, of another length, or no number in one of the two. */
  readonly differingCount: number;
  /** Of these: of another length, or no number in one of the two; they have no difference to state. */
  readonly incomparableCount: number;
  /** The largest difference of any value; of comparable answers, 0 without one. */
  readonly largestDifference: number;
  /** Answers to samples that the accuracy run did not answer. */
  readonly unmatchedCount: number;
}

/**
 * The largest difference of any value of two answers; the same NaN or infinity at the same place is no difference.
 *
 * @returns undefined when they cannot be compared: lengths differ, or a value is finite in one of them only
 */
export function largestDifferenceOf(left: Float32Array, right: Float32Array): number | undefined {
  if (left.length !== right.length) return undefined;
  let largest = 0;
  for (const [place, value] of left.entries()) {
    const other = right[place] ?? Number.NaN;
    if (Object.is(value, other)) continue;
    const difference = Math.abs(value - other);
    if (!Number.isFinite(difference)) return undefined;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/**
 * Compares whole answers, every value of them, with the accuracy run's answer to the same sample.
 *
 * @param tolerance - largest difference of a value that counts as equal
 */
export function compareAnswers(
  answers: Iterable<ValueAnswer>,
  accuracy: readonly AccuracyEntry[],
  tolerance: number,
): AnswerComparison {
  const outputOf = new Map(accuracy.map(({ sampleIndex, output }) => [sampleIndex, output]));
  let [comparedCount, differingCount, incomparableCount, unmatchedCount] = [0, 0, 0, 0];
  let largestDifference = 0;
  for (const { sampleIndex, output } of answers) {
    const reference = outputOf.get(sampleIndex);
    if (reference === undefined) {
      unmatchedCount += 1;
      continue;
    }
    comparedCount += 1;
    const difference = largestDifferenceOf(output, reference);
    if (difference === undefined) incomparableCount += 1;
    else largestDifference = Math.max(largestDifference, difference);
    if (difference === undefined || difference > tolerance) differingCount += 1;
  }
  return { comparedCount, differingCount, incomparableCount, largestDifference, unmatchedCount };
}
