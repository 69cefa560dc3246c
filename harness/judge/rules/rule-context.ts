import type { Results, RuleOutcome, RunSettings } from '#harness/contracts/records/run-record.ts';

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

/** Whether load for latency and throughput was part of the run. */
export function measuresPerformance(settings: RunSettings): boolean {
  return settings.mode !== 'accuracy';
}

/** Whether the accuracy run was part of the run. */
export function measuresAccuracy(settings: RunSettings): boolean {
  return settings.mode !== 'performance';
}
