import { Compile } from 'typebox/compile';

import { JobSchema, type Job } from '#harness/contracts/records/job-record.ts';
import type { NewJob, ResultStore } from '#harness/contracts/result-store.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { jsonColumn, rowReader } from './row-reader.ts';
import type { SqlSession } from './sql-session.ts';

const readJob = rowReader('jobs', Compile(JobSchema), {
  json: ['runIds', 'load'],
  optional: ['audit', 'load'],
});

const columns = `
  job_id AS jobId, suite_id AS suiteId, board_id AS boardId, scenario, mode, seed, audit, load, state,
  submitted_at_ms AS submittedAtMs, ended_at_ms AS endedAtMs, attempt_count AS attemptCount, verdict,
  (SELECT json_group_array(run_id ORDER BY attempt) FROM runs WHERE runs.job_id = jobs.job_id) AS runIds`;
const byIdSql = `SELECT ${columns} FROM jobs WHERE job_id = :jobId`;
const newestSql = `SELECT ${columns} FROM jobs
  WHERE :state IS NULL OR state = :state ORDER BY sequence DESC LIMIT :limit`;
const queueSql = `SELECT ${columns} FROM jobs WHERE state = 'queued' ORDER BY sequence`;
const insertSql = `INSERT INTO jobs
  (job_id, suite_id, board_id, scenario, mode, seed, audit, load, state, submitted_at_ms, attempt_count,
    verdict)
  VALUES (:jobId, :suiteId, :boardId, :scenario, :mode, :seed, :audit, :load, 'queued', :submittedAtMs, 0, 'none')`;
const cancelSql = `UPDATE jobs SET state = 'cancelled', verdict = 'aborted', ended_at_ms = :atMs
  WHERE job_id = :jobId AND state = 'queued'`;

/** The job of this id. */
export function jobById(session: SqlSession, jobId: string): Job | undefined {
  const row = session.get(byIdSql, { jobId });
  return row === undefined ? undefined : readJob(row);
}

/** Newest first; -1 as the limit of SQLite means all. */
export function newestJobs(session: SqlSession, filter: Parameters<ResultStore['jobs']>[0]): Job[] {
  const parameters = { state: filter?.state ?? null, limit: filter?.limit ?? -1 };
  return session.all(newestSql, parameters).map(readJob);
}

/** Queued jobs in the order in which they were submitted; an attempt that is repeated keeps its place. */
export function queuedJobs(session: SqlSession): Job[] {
  return session.all(queueSql).map(readJob);
}

/** Puts a job at the end of the queue. */
export function insertJob(session: SqlSession, job: NewJob): Job {
  const { audit = null, load = null } = job;
  session.change(insertSql, { ...job, audit, load: jsonColumn(load) });
  return assertDefined(jobById(session, job.jobId), `job ${job.jobId} was just stored`);
}

/** True when it was queued and is cancelled now. */
export function cancelQueued(session: SqlSession, jobId: string, atMs: number): boolean {
  return session.change(cancelSql, { jobId, atMs }) === 1;
}
