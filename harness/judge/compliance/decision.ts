import type { AuditResult } from '#harness/contracts/records/audit-record.ts';

/** Passed, failed, or not enough to tell. */
export type AuditDecision = AuditResult['decision'];

/** Where a quantity must lie, ends included; null for no limit on that side. */
export interface Limits {
  readonly atLeast: number | null;
  readonly atMost: number | null;
}

/** What is known of a quantity: it lies between these, at the stated confidence. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Passed when the whole interval lies inside the limits, failed when all of it lies outside, else inconclusive. */
export function decideInterval(interval: Interval, limits: Limits): AuditDecision {
  const least = limits.atLeast ?? Number.NEGATIVE_INFINITY;
  const most = limits.atMost ?? Number.POSITIVE_INFINITY;
  if (interval.lower >= least && interval.upper <= most) return 'passed';
  return interval.upper < least || interval.lower > most ? 'failed' : 'inconclusive';
}

/** One part of an audit: what it says, in a clause without a full stop. */
export interface Finding {
  readonly decision: AuditDecision;
  readonly clause: string;
  /** What to do, when inconclusive; whole sentences. */
  readonly advice?: string;
  /** How many pairs would probably decide; only where more pairs help. */
  readonly pairCountNeeded?: number;
}

/** The worst of the parts: one failure fails, else one open question leaves it open. */
export function worstDecision(findings: readonly Finding[]): AuditDecision {
  const has = (decision: AuditDecision): boolean =>
    findings.some((finding) => finding.decision === decision);
  if (has('failed')) return 'failed';
  return has('inconclusive') || findings.length === 0 ? 'inconclusive' : 'passed';
}
