import type { AuditId, AuditSettings } from './records/audit-record.ts';
import type { RunSettings } from './records/run-record.ts';

/** A compliance audit: a question about the device, how it is asked, and how the answer is decided. */
export interface AuditDefinition {
  readonly id: AuditId;
  readonly version: string;
  readonly title: string;
  /** In one sentence, for people. */
  readonly question: string;
  /** The settings of an audit whose base legs follow these; the same for the same settings. */
  readonly settings: (base: RunSettings) => AuditSettings;
}

/** States an audit; here only so that its type is checked where it is written. */
export function defineAudit(audit: AuditDefinition): AuditDefinition {
  return audit;
}
