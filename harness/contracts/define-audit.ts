import type { TokenAnswers } from './define-suite.ts';
import type { AuditId, AuditSettings } from './records/audit-record.ts';
import type { RunSettings } from './records/run-record.ts';

/** What an audit is told besides the settings of the run. */
export interface AuditOptions {
  /** How many pairs of legs; default 8. */
  readonly pairCount?: number;
  /** Of suites whose models answer in tokens. */
  readonly tokens?: TokenAnswers;
}

/** A compliance audit: a question about the device, how it is asked, and how the answer is decided. */
export interface AuditDefinition {
  readonly id: AuditId;
  readonly version: string;
  readonly title: string;
  /** In one sentence, for people. */
  readonly question: string;
  /** How the question is asked, for people. */
  readonly method?: string;
  /** Why this audit cannot be made of such a run; undefined when it can. To be asked before `settings`. */
  readonly refusal?: (base: RunSettings, options?: AuditOptions) => string | undefined;
  /** The settings of an audit whose base legs follow these; the same for the same settings. */
  readonly settings: (base: RunSettings, options?: AuditOptions) => AuditSettings;
}

/** States an audit; here only so that its type is checked where it is written. */
export function defineAudit(audit: AuditDefinition): AuditDefinition {
  return audit;
}
