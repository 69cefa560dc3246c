import { Type, type Static } from 'typebox';

import { AuditIdSchema } from '#harness/contracts/records/audit-record.ts';
import { LoadOverridesSchema } from '#harness/contracts/records/load-settings.ts';
import { ModeSchema, ScenarioSchema } from '#harness/contracts/records/run-record.ts';

/** What the daemon tells a run's child process, as one JSON argument. */
export const RunOrderSchema = Type.Object({
  runId: Type.String(),
  jobId: Type.String(),
  attempt: Type.Integer({ minimum: 1 }),
  configPath: Type.String(),
  boardId: Type.String(),
  suiteId: Type.String(),
  scenario: ScenarioSchema,
  mode: ModeSchema,
  seed: Type.Integer(),
  audit: Type.Optional(AuditIdSchema),
  load: Type.Optional(LoadOverridesSchema),
  resumeFrom: Type.Optional(
    Type.Object({
      runId: Type.String(),
      bundleDir: Type.String({ description: 'of an interrupted attempt of the same job' }),
    }),
  ),
  bundleDir: Type.String({ description: 'absolute; made by the child' }),
});
export type RunOrder = Static<typeof RunOrderSchema>;
