import type { AuditDefinition } from '#harness/contracts/define-audit.ts';
import type { Suite } from '#harness/contracts/define-suite.ts';
import type { AuditId } from '#harness/contracts/records/audit-record.ts';
import type { LoadOverrides } from '#harness/contracts/records/load-settings.ts';
import type { Mode, Scenario } from '#harness/contracts/records/run-record.ts';

/** What the settings of a run are made from. */
export interface SettingsRequest {
  readonly suite: Suite;
  readonly scenario: Scenario;
  readonly mode: Mode;
  readonly seed: number;
  readonly audit?: AuditId;
  /** What the job sets itself. */
  readonly load?: LoadOverrides;
  readonly hasPowerMeter: boolean;
  readonly audits: readonly AuditDefinition[];
}
