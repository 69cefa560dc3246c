import type { RuleOutcome, Verdict } from '#harness/contracts/records/run-record.ts';

import { accuracySampleCount } from './rules/accuracy-sample-count.ts';
import { accuracyTarget } from './rules/accuracy-target.ts';
import { earlyStoppingMet } from './rules/early-stopping-met.ts';
import { minDuration } from './rules/min-duration.ts';
import { minQueryCount } from './rules/min-query-count.ts';
import { noFailedQueries } from './rules/no-failed-queries.ts';
import { powerPresent } from './rules/power-present.ts';
import { powerSamplesLost } from './rules/power-samples-lost.ts';
import { powerWindowCovered } from './rules/power-window-covered.ts';
import type { Rule, RuleContext } from './rules/rule-context.ts';
import { wallClockStep } from './rules/wall-clock-step.ts';
import { windowCount } from './rules/window-count.ts';
import { windowDuration } from './rules/window-duration.ts';

/** Version of the rules below; it goes into the record and changes with any of them. */
export const ruleSetVersion = 'assay-rules-1';

const rules: readonly Rule[] = [
  minDuration,
  minQueryCount,
  noFailedQueries,
  earlyStoppingMet,
  windowCount,
  windowDuration,
  accuracySampleCount,
  wallClockStep,
  powerPresent,
  powerSamplesLost,
  powerWindowCovered,
  accuracyTarget,
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

/** Applies the rules to a run that ended by itself; one that was cancelled or broke off has no verdict from here. */
export function judgeRun(context: RuleContext): Judgement {
  const outcomes = rules.flatMap((rule) => rule(context) ?? []);
  return { rules: outcomes, verdict: verdictOf(outcomes) };
}
