import type { AccuracyResult, RunSettings } from '#harness/contracts/records/run-record.ts';

import { answeredClass } from '../accuracy/top-one.ts';
import { accuracyFile } from '../raw/accuracy-log.ts';
import type { RawEvidence } from '../raw/raw-evidence.ts';
import { unreadable } from '../raw/unreadable.ts';

/**
 * Share of right answers.
 *
 * @returns undefined when no accuracy was measured
 * @throws LabError evidence/unreadable when an answer has no label
 */
export function accuracyResult(
  raw: RawEvidence,
  settings: RunSettings,
): AccuracyResult | undefined {
  const { accuracy, labels } = raw;
  if (accuracy === undefined || accuracy.length === 0) return undefined;
  if (labels === undefined)
    throw unreadable(accuracyFile, 'has answers, but raw/labels.json is not there');
  let correctCount = 0;
  for (const { sampleIndex, output } of accuracy) {
    const label = labels[sampleIndex];
    if (label === undefined)
      throw unreadable(
        accuracyFile,
        `answers sample ${sampleIndex}, but raw/labels.json ends at ${labels.length - 1}`,
      );
    correctCount += answeredClass(output) === label ? 1 : 0;
  }
  return {
    metric: settings.accuracyMetric,
    value: correctCount / accuracy.length,
    correctCount,
    sampleCount: accuracy.length,
    atLeast: settings.accuracyAtLeast,
  };
}
