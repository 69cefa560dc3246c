import { randomBytes } from 'node:crypto';

import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { SuiteSummary } from '#harness/contracts/lab-service.ts';
import { JobRequestSchema, type JobRequest } from '#harness/contracts/records/job-record.ts';
import type { NewJob } from '#harness/contracts/result-store.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { sortableId } from '#harness/kernel/ids.ts';

/** What a request is checked against. */
export interface IntakeContext {
  readonly labId: string;
  readonly clock: Clock;
  readonly suites: readonly SuiteSummary[];
  readonly boardIds: readonly string[];
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

/**
 * A request with every default filled in: single-stream, accuracy and performance, a seed of chance.
 *
 * @throws LabError job/invalid, suite/unknown, board/unknown
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
  return {
    jobId: sortableId('job', context.labId, submittedAtMs),
    suiteId: request.suiteId,
    boardId: request.boardId,
    scenario: request.scenario ?? 'single-stream',
    mode: request.mode ?? 'both',
    seed: request.seed ?? randomBytes(4).readUInt32LE(),
    submittedAtMs,
  };
}
