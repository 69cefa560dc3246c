import type { AuditResult } from '#harness/contracts/records/audit-record.ts';

import type { AccuracyEntry } from '../raw/accuracy-log.ts';
import { compareAnswers, type AnswerComparison } from './answer-comparison.ts';
import type { Finding } from './decision.ts';
import { isTokenAnswer, type LegAnswer, type ValueAnswer } from './leg-answers.ts';
import type { MeasuredLeg } from './measured-leg.ts';

/** What the comparison of answers gave. */
export interface AnswersOutcome {
  readonly finding: Finding;
  readonly answers: NonNullable<AuditResult['answers']>;
}

function findingOf(comparison: AnswerComparison, tolerance: number): Finding {
  const { comparedCount, differingCount, incomparableCount, unmatchedCount } = comparison;
  if (differingCount > 0) {
    const largest = comparison.largestDifference.toPrecision(3);
    const others =
      incomparableCount > 0
        ? `, ${incomparableCount} of another length or no number on one side`
        : '';
    return {
      decision: 'failed',
      clause: `${differingCount} of ${comparedCount} answers kept under load differ from the accuracy run's by more than ${tolerance} (largest difference ${largest}${others})`,
    };
  }
  if (unmatchedCount > 0)
    return {
      decision: 'inconclusive',
      clause: `${unmatchedCount} answers kept under load are to samples that the accuracy run did not answer`,
      advice: 'Let the accuracy run answer every sample before the legs.',
    };
  if (comparedCount === 0)
    return {
      decision: 'inconclusive',
      clause: 'no answers were kept under load',
      advice: 'Set minQueryCount higher, so that answers are kept in every leg.',
    };
  return {
    decision: 'passed',
    clause: `all ${comparedCount} answers kept under load equal the accuracy run's within ${tolerance} in every value`,
  };
}

function isValueAnswer(answer: LegAnswer): answer is ValueAnswer {
  return !isTokenAnswer(answer);
}

/** Compares the answers that the audit legs kept with those of the accuracy run. */
export function answersOutcome(
  legs: readonly MeasuredLeg[],
  accuracy: readonly AccuracyEntry[],
  tolerance: number,
): AnswersOutcome {
  const kept = legs
    .filter(({ role }) => role === 'audit')
    .flatMap(({ answers = [] }) => answers.filter(isValueAnswer));
  const comparison = compareAnswers(kept, accuracy, tolerance);
  return { finding: findingOf(comparison, tolerance), answers: { ...comparison } };
}
