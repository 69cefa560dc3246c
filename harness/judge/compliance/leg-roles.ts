import type { AuditLeg, AuditSettings } from '#harness/contracts/records/audit-record.ts';

/** Whether an audit compares how fast base and audit legs are. */
export function comparesSpeed(audit: AuditSettings): boolean {
  return audit.ratioAtLeast !== null || audit.ratioAtMost !== null;
}

/** Whether an audit needs the accuracy run before its legs. */
export function comparesAnswers(audit: AuditSettings): boolean {
  return audit.audit === 'real-results';
}

/** The legs of an audit in the order they run: ABBA, so that a steady drift cancels; no base legs without a comparison. */
export function legRoles(audit: AuditSettings): AuditLeg['role'][] {
  return Array.from({ length: audit.pairCount }, (_, pair): AuditLeg['role'][] => {
    if (!comparesSpeed(audit)) return ['audit'];
    return pair % 2 === 0 ? ['base', 'audit'] : ['audit', 'base'];
  }).flat();
}
