import { randomBytes } from 'node:crypto';

import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { SuiteSummary } from '#harness/contracts/lab-service.ts';
import { JobRequestSchema, type JobRequest } from '#harness/contracts/records/job-record.ts';
import type { Mode } from '#harness/contracts/records/run-record.ts';
import type { NewJob } from '#harness/contracts/result-store.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { sortableId } from '#harness/kernel/ids.ts';

/** What a request is checked against. */
export interface IntakeContext {
  readonly labId: string;
  readonly clock: Clock;
  readonly suites: readonly SuiteSummary[];
  readonly boardIds: readonly string[];
  /** Throws when the job's settings cannot be meant. */
  readonly checkSettings: (job: NewJob) => void;
}

function checkNames(request: JobRequest, context: IntakeContext): void {
  const suiteIds = context.suites.map((suite) => suite.suiteId);
  if (!suiteIds.includes(request.suiteId)) {
    const message = `there is no suite ${request.suiteId}; there are ${suiteIds.join(', ')}`;
    throw labError('suite/unknown', message, { details: { suiteIds } });
  }
  const { boardIds } = context;
  if (!boardIds.includes(request.boardId)) {
    const message = `there is no board ${request.boardId}; there are ${boardIds.join(', ')}`;
    throw labError('board/unknown', message, { details: { boardIds } });
  }
}

/** What is measured when nobody says: what the scenario and the audit leave as the only choice, else both. */
function modeOf({ mode, scenario, audit }: JobRequest): Mode {
  if (mode !== undefined) return mode;
  if (audit !== undefined) return 'compliance';
  return scenario === 'find-peak' ? 'performance' : 'both';
}

/**
 * A request with every default filled in: single-stream, accuracy and performance, a seed of chance.
 *
 * @throws LabError job/invalid, job/contradictory, suite/unknown, board/unknown
 */
export function newJobFrom(request: JobRequest, context: IntakeContext): NewJob {
  if (!Value.Check(JobRequestSchema, request)) {
    const problems = Value.Errors(JobRequestSchema, request).map(
      (problem) =>
        `${problem.instancePath === '' ? 'the request' : problem.instancePath} ${problem.message}`,
    );
    throw labError('job/invalid', `the job cannot be taken: ${problems.join('; ')}`, {
      details: { problems },
    });
  }
  checkNames(request, context);
  const submittedAtMs = context.clock.utcMs();
  const job: NewJob = {
    jobId: sortableId('job', context.labId, submittedAtMs),
    suiteId: request.suiteId,
    boardId: request.boardId,
    scenario: request.scenario ?? 'single-stream',
    mode: modeOf(request),
    seed: request.seed ?? randomBytes(4).readUInt32LE(),
    ...(request.audit === undefined ? {} : { audit: request.audit }),
    ...(request.load === undefined ? {} : { load: request.load }),
    submittedAtMs,
  };
  context.checkSettings(job);
  return job;
}
