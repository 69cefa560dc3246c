import type { Interval } from './decision.ts';
import type { TokenAnswer } from './leg-answers.ts';
import { centralQuantile } from './student-t.ts';

/** What answers of tokens look like. */
export interface TokenChecks {
  readonly comparedCount: number;
  /** The first token is another one than was reported when it came. */
  readonly firstTokenDifferCount: number;
  /** An end token stands anywhere but at the end. */
  readonly misplacedEndCount: number;
  /** Another number of tokens than was reported, or none at all. */
  readonly wrongLengthCount: number;
  /** Answers whose first token was not reported. */
  readonly unreportedFirstCount: number;
  /** Answers whose number of tokens was not reported. */
  readonly unreportedLengthCount: number;
}

/** Whether an end token stands where more tokens follow; two of them, so that one is not at the end, as well. */
export function hasMisplacedEnd(tokenIds: readonly number[], endTokenId: number): boolean {
  const place = tokenIds.indexOf(endTokenId);
  return place !== -1 && place !== tokenIds.length - 1;
}

function countOf(answers: readonly TokenAnswer[], holds: (answer: TokenAnswer) => boolean): number {
  return answers.reduce((count, answer) => count + (holds(answer) ? 1 : 0), 0);
}

/**
 * Checks each answer in itself.
 *
 * @param endTokenId - null when the model has none
 */
export function checkTokens(
  answers: readonly TokenAnswer[],
  endTokenId: number | null,
): TokenChecks {
  return {
    comparedCount: answers.length,
    firstTokenDifferCount: countOf(
      answers,
      ({ tokenIds, firstTokenId }) => firstTokenId !== undefined && tokenIds[0] !== firstTokenId,
    ),
    misplacedEndCount: countOf(
      answers,
      ({ tokenIds }) => endTokenId !== null && hasMisplacedEnd(tokenIds, endTokenId),
    ),
    wrongLengthCount: countOf(
      answers,
      ({ tokenIds, tokenCount }) =>
        tokenIds.length === 0 || (tokenCount !== undefined && tokenCount !== tokenIds.length),
    ),
    unreportedFirstCount: countOf(answers, ({ firstTokenId }) => firstTokenId === undefined),
    unreportedLengthCount: countOf(answers, ({ tokenCount }) => tokenCount === undefined),
  };
}

/** How long answers are. */
export interface AnswerLength extends Interval {
  /** Mean over the samples of their mean length, so that a sample asked often does not count more; 0 without any. */
  readonly meanTokens: number;
  /** Distinct samples that were answered. */
  readonly sampleCount: number;
}

/** How the mean length of all samples is estimated from those that were answered. */
export interface LengthEstimation {
  /** How many samples the whole set has: once all of them were answered, the mean is no estimate any more. */
  readonly setSampleCount: number;
  readonly confidence: number;
}

function meanLengths(answers: readonly TokenAnswer[]): number[] {
  const bySample = new Map<number, { tokens: number; answers: number }>();
  for (const { sampleIndex, tokenIds } of answers) {
    const sums = bySample.get(sampleIndex) ?? { tokens: 0, answers: 0 };
    bySample.set(sampleIndex, {
      tokens: sums.tokens + tokenIds.length,
      answers: sums.answers + 1,
    });
  }
  return Array.from(bySample.values(), (sums) => sums.tokens / sums.answers);
}

/** The mean length of the answers to the whole set, with its t-interval (finite population: 0 wide when all answered). */
export function answerLength(
  answers: readonly TokenAnswer[],
  { setSampleCount, confidence }: LengthEstimation,
): AnswerLength {
  const lengths = meanLengths(answers);
  const sampleCount = lengths.length;
  const unknown = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  if (sampleCount === 0) return { meanTokens: 0, sampleCount, ...unknown };
  const meanTokens = lengths.reduce((sum, length) => sum + length, 0) / sampleCount;
  if (sampleCount >= setSampleCount)
    return { meanTokens, sampleCount, lower: meanTokens, upper: meanTokens };
  if (sampleCount === 1) return { meanTokens, sampleCount, ...unknown };
  const squares = lengths.reduce((sum, length) => sum + (length - meanTokens) ** 2, 0);
  const unseenShare = 1 - sampleCount / setSampleCount;
  const error = Math.sqrt((squares / (sampleCount - 1) / sampleCount) * unseenShare);
  const reach = centralQuantile(confidence, sampleCount - 1) * error;
  return { meanTokens, sampleCount, lower: meanTokens - reach, upper: meanTokens + reach };
}
