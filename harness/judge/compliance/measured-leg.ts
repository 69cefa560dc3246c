import type { AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { Finding } from './decision.ts';
import type { AuditLegEvidence } from './leg-files.ts';
import { legRoles } from './leg-roles.ts';
import type { LegSpeed } from './leg-speed.ts';

/** The settings of a run that is an audit. */
export interface AuditRun {
  readonly settings: RunSettings;
  readonly audit: AuditSettings;
}

/** A leg and what its query log says. */
export interface MeasuredLeg extends AuditLegEvidence {
  readonly speed: LegSpeed;
}

function legFault({ file, speed }: MeasuredLeg, audit: AuditSettings): string | undefined {
  const { unansweredCount, queryCount, completedCount, spanNs } = speed;
  if (unansweredCount > 0)
    return `leg ${file} left ${unansweredCount} of ${queryCount} queries without an answer`;
  if (completedCount < audit.legMinQueryCount)
    return `leg ${file} has ${completedCount} queries of at least ${audit.legMinQueryCount}`;
  if (spanNs < audit.legMinDurationMs * 1e6)
    return `leg ${file} lasted ${Math.floor(spanNs / 1e6)} ms of at least ${audit.legMinDurationMs} ms`;
  return undefined;
}

/** What is missing for a comparison of the legs as planned; undefined when nothing is. */
export function legsFinding(
  legs: readonly MeasuredLeg[],
  audit: AuditSettings,
): Finding | undefined {
  const planned = legRoles(audit).length;
  const faults = legs.flatMap((leg) => legFault(leg, audit) ?? []);
  if (legs.length < planned) faults.unshift(`only ${legs.length} of ${planned} legs were run`);
  const [first] = faults;
  if (first === undefined) return undefined;
  const others = faults.length > 1 ? ` (and ${faults.length - 1} more faults of legs)` : '';
  return {
    decision: 'inconclusive',
    clause: `${first}${others}`,
    advice:
      'Run the audit again once every leg can end by itself: correct the cause of unanswered queries, or set maxDurationMs higher.',
  };
}
