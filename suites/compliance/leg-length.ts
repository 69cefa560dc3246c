import type { AuditOptions } from '#harness/contracts/define-audit.ts';
import type { AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

/** Of an audit that compares speed; 16 legs. */
const pairCountDefault = 8;
/** No leg is shorter: what one stall adds to a leg must not decide. */
const legMinDurationMsFloor = 250;
const legMinQueryCountFloor = 16;

/** Of the interval of a ratio or a mean: an audit says something false in 1 of 200 cases to either side at most. */
export const auditConfidence = 0.99;

/** How many legs there are and how long they last. */
export type LegLength = Pick<AuditSettings, 'pairCount' | 'legMinDurationMs' | 'legMinQueryCount'>;

/** Legs whose base legs together last about as long as the load that they stand for. */
export function pairedLegs(base: RunSettings, options: AuditOptions = {}): LegLength {
  const pairCount = options.pairCount ?? pairCountDefault;
  return {
    pairCount,
    legMinDurationMs: Math.max(legMinDurationMsFloor, Math.ceil(base.minDurationMs / pairCount)),
    legMinQueryCount: Math.max(legMinQueryCountFloor, Math.ceil(base.minQueryCount / pairCount)),
  };
}

/** Legs that are as long as their answers need; two, so that the answers are seen to be the same again. */
export function answerLegs(queryCount: number, options: AuditOptions = {}): LegLength {
  return { pairCount: options.pairCount ?? 2, legMinDurationMs: 0, legMinQueryCount: queryCount };
}
