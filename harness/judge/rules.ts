import type { RuleOutcome, Verdict } from '#harness/contracts/records/run-record.ts';

import { auditRules } from './compliance/audit-rules.ts';
import { rules1 } from './rule-set-1/rules-1.ts';
import { ruleSetOf, ruleSetVersion1 } from './rule-set.ts';
import { accuracySampleCount } from './rules/accuracy-sample-count.ts';
import { accuracyTarget } from './rules/accuracy-target.ts';
import { earlyStoppingMet } from './rules/early-stopping-met.ts';
import { equalIssueComplete } from './rules/equal-issue-complete.ts';
import { issueDelayKept } from './rules/issue-delay.ts';
import { latencyLimit, tpotLimit, ttftLimit } from './rules/latency-limits.ts';
import { minDuration } from './rules/min-duration.ts';
import { minQueryCount } from './rules/min-query-count.ts';
import { noFailedQueries } from './rules/no-failed-queries.ts';
import { notOverloaded } from './rules/not-overloaded.ts';
import { peakBracketed, peakFound } from './rules/peak-found.ts';
import { powerPresent } from './rules/power-present.ts';
import { powerSamplesLost } from './rules/power-samples-lost.ts';
import { powerWindowCovered } from './rules/power-window-covered.ts';
import { carriedOver, type Rule, type RuleContext } from './rules/rule-context.ts';
import { wallClockStep } from './rules/wall-clock-step.ts';
import { windowCount } from './rules/window-count.ts';
import { windowDuration } from './rules/window-duration.ts';
import { streamRules } from './stream/stream-rules.ts';

const rules2: readonly Rule[] = [
  minDuration,
  minQueryCount,
  equalIssueComplete,
  noFailedQueries,
  earlyStoppingMet,
  issueDelayKept,
  carriedOver(windowCount, (_context, { measured }) => ({
    setting: 'windowCount',
    value: measured,
  })),
  windowDuration,
  carriedOver(accuracySampleCount),
  carriedOver(wallClockStep),
  carriedOver(powerPresent),
  carriedOver(powerSamplesLost),
  carriedOver(powerWindowCovered),
  peakFound,
  peakBracketed,
  notOverloaded,
  latencyLimit,
  tpotLimit,
  ttftLimit,
  carriedOver(accuracyTarget),
];

/** What the rules say. */
export interface Judgement {
  /** Those that apply to the run, in the order of the rule set. */
  readonly rules: readonly RuleOutcome[];
  readonly verdict: Verdict;
}

/** Data that cannot be used says nothing about the device; only valid data can fail a limit. */
function verdictOf(outcomes: readonly RuleOutcome[]): Verdict {
  const unmet = outcomes.filter((outcome) => !outcome.met);
  if (unmet.some((outcome) => outcome.kind === 'validity')) return 'inconclusive';
  return unmet.length > 0 ? 'fail' : 'pass';
}

/**
 * Applies the rules to a run that ended by itself; one that was cancelled or broke off has no verdict from here.
 *
 * @param ruleSet - of the record; default: that of new runs, or rule set 1 for settings of its records
 */
export function judgeRun(
  context: RuleContext,
  ruleSet: string = ruleSetOf(context.settings),
): Judgement {
  const rules = ruleSet === ruleSetVersion1 ? rules1 : rules2;
  const outcomes = rules.flatMap((rule) => rule(context) ?? []);
  const special =
    ruleSet === ruleSetVersion1 ? [] : [...auditRules(context), ...streamRules(context)];
  return { rules: [...outcomes, ...special], verdict: verdictOf([...outcomes, ...special]) };
}
