import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import type { NewJob } from '#harness/contracts/result-store.ts';
import { resolveRunSettings } from '#harness/engine/load-settings/resolve-run-settings.ts';

import { findBoard, findSuite } from '../lab/find-entry.ts';

/** What of a job its settings depend on; run orders and jobs have it. */
type JobTerms = Omit<NewJob, 'jobId' | 'submittedAtMs'>;

/**
 * Every setting of a run of this lab: checked with it when a job is taken, used when it is run.
 *
 * @throws LabError job/contradictory
 */
export function runSettings(lab: LoadedLab, job: JobTerms): RunSettings {
  const { scenario, mode, seed, audit, load } = job;
  return resolveRunSettings({
    suite: findSuite(lab, job.suiteId),
    scenario,
    mode,
    seed,
    ...(audit === undefined ? {} : { audit }),
    ...(load === undefined ? {} : { load }),
    hasPowerMeter: findBoard(lab, job.boardId).powerMeterId !== undefined,
    audits: lab.config.audits ?? [],
  });
}
