import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabService } from '#harness/contracts/lab-service.ts';
import type { RunSummary } from '#harness/contracts/records/job-record.ts';

/** @throws LabError job/not-found */
export function existingRun(service: LabService, runId: string): RunSummary {
  const run = service.run(runId);
  if (run === undefined) throw labError('job/not-found', `there is no run '${runId}'`);
  return run;
}
