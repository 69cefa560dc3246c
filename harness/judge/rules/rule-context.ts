import type { Results, RuleOutcome, RunSettings } from '#harness/contracts/records/run-record.ts';

import { comparesAnswers } from '../compliance/leg-roles.ts';
import type { RawEvidence } from '../raw/raw-evidence.ts';

/** What rules judge. */
export interface RuleContext {
  readonly settings: RunSettings;
  /** As `deriveResults` gave them. */
  readonly results: Results;
  readonly raw: RawEvidence;
  /** How much wall and monotonic clock differ at the end of the run, in milliseconds. */
  readonly wallClockStepMs: number;
}

/** One rule: its outcome, or undefined when it does not apply to this run. Pure. */
export type Rule = (context: RuleContext) => RuleOutcome | undefined;

/** What a validity rule found; `advice` is what to set next if it is not met. */
interface ValidityFinding {
  readonly rule: string;
  readonly met: boolean;
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
  readonly advice: string;
}

/** The outcome of a validity rule: a met one has no advice. */
export function validity(finding: ValidityFinding): RuleOutcome {
  return { ...finding, kind: 'validity', advice: finding.met ? '' : finding.advice };
}

/** A setting and the value to use next. */
export type NextSetting = NonNullable<RuleOutcome['next']>;

/** What a rule of rule set 2 found; `next` and `advice` are of a rule that is not met. */
interface Finding {
  readonly rule: string;
  /** Default `validity`. */
  readonly kind?: RuleOutcome['kind'];
  readonly met: boolean;
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
  readonly advice: string;
  readonly next?: NextSetting | undefined;
}

/** The outcome of a rule of rule set 2: a met one has no advice, an unmet one has its distance from the limit. */
export function ruled(finding: Finding): RuleOutcome {
  const { rule, kind = 'validity', met, measured, limit, unit, advice, next } = finding;
  const stated = { rule, kind, met, measured, limit, unit };
  if (met) return { ...stated, advice: '', distance: 0 };
  const distance = Math.abs(measured - limit);
  return { ...stated, advice, distance, ...(next === undefined ? {} : { next }) };
}

/** A rule of rule set 1 that holds in rule set 2 too: with its distance, and the setting that helps. */
export function carriedOver(
  rule: Rule,
  nextOf: (context: RuleContext, outcome: RuleOutcome) => NextSetting | undefined = () => undefined,
): Rule {
  return (context) => {
    const outcome = rule(context);
    return outcome === undefined
      ? undefined
      : ruled({ ...outcome, next: outcome.met ? undefined : nextOf(context, outcome) });
  };
}

/** Whether load for latency and throughput was part of the run; a stream is no load. */
export function measuresPerformance(settings: RunSettings): boolean {
  if (settings.stream !== undefined) return false;
  return settings.mode === 'performance' || settings.mode === 'both';
}

/** Whether one load was part of the run: a search and an audit have many, with rules of their own. */
export function measuresOneLoad(settings: RunSettings): boolean {
  return measuresPerformance(settings) && settings.scenario !== 'find-peak';
}

/** Whether the accuracy run was part of the run: of an audit, when it compares answers with it. */
export function measuresAccuracy({ mode, audit, stream }: RunSettings): boolean {
  if (stream !== undefined) return false;
  if (mode === 'compliance') return audit !== undefined && comparesAnswers(audit);
  return mode === 'accuracy' || mode === 'both';
}
