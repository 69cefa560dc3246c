import type { RunRecord, RuleOutcome, Verdict } from '#harness/contracts/records/run-record.ts';

import { formatMeasured } from './format-quantity.ts';
import type { VerdictTone } from './report-document.ts';
import { nextText } from './rules-table.ts';

interface VerdictWords {
  readonly word: string;
  readonly tone: VerdictTone;
  readonly sentence: string;
}

const words: Readonly<Record<Verdict, VerdictWords>> = {
  none: { word: 'No verdict', tone: 'neutral', sentence: 'This run was not judged.' },
  pass: {
    word: 'Pass',
    tone: 'good',
    sentence: 'The data is valid and every declared limit of the suite is met.',
  },
  marginal: {
    word: 'Marginal',
    tone: 'caution',
    sentence: 'The data is valid; a declared limit is met with little to spare.',
  },
  inconclusive: {
    word: 'Inconclusive',
    tone: 'caution',
    sentence: 'The data does not suffice for a verdict. This says nothing about the device.',
  },
  fail: {
    word: 'Fail',
    tone: 'bad',
    sentence: 'The data is valid and a declared limit of the suite is not met.',
  },
  aborted: {
    word: 'Aborted',
    tone: 'neutral',
    sentence: 'The run was stopped before it was complete. This says nothing about the device.',
  },
  error: {
    word: 'Error',
    tone: 'bad',
    sentence: 'The run ended with an error. It has no valid result.',
  },
};

/** `limit ≥ 90.00 %, measured 82.00 %`: the rule in words and numbers. */
function unmetRule(rule: RuleOutcome): string {
  const measured = formatMeasured(rule.measured, rule.unit);
  const limit = formatMeasured(rule.limit, rule.unit);
  const advice = rule.advice === '' ? '' : ` ${rule.advice}`;
  const isNamed = rule.next === undefined || rule.advice.includes(rule.next.setting);
  const next = isNamed ? '' : ` Next time set ${nextText(rule)}.`;
  return `Rule ${rule.rule} is not met: measured ${measured}, limit ${limit}.${advice}${next}`;
}

/** Why the verdict is what it is, from the record alone: the error and each rule that is not met. */
export function verdictReasons(record: RunRecord): string[] {
  const { error } = record;
  const reasons = record.rules.filter((rule) => !rule.met).map(unmetRule);
  if (error === null) return reasons;
  return [`${error.code}: ${error.message}`, error.remedy, ...reasons];
}

/** The verdict in words. */
export function verdictWords(verdict: Verdict): VerdictWords {
  return words[verdict];
}
