import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

import { RunSummarySchema, type RunSummary } from '#harness/contracts/records/job-record.ts';
import type { OpenRun, ResultStore } from '#harness/contracts/result-store.ts';

import { rowReader } from './row-reader.ts';
import type { SqlSession } from './sql-session.ts';

const OwnerSchema = Type.Object({
  bootId: Type.String(),
  childPid: Type.Union([Type.Integer(), Type.Null()]),
  childStartTicks: Type.Union([Type.Integer(), Type.Null()]),
});

const jsonColumns = ['results', 'error'];
const readRun = rowReader('runs', Compile(RunSummarySchema), { json: jsonColumns });
const readOwner = rowReader('runs', Compile(OwnerSchema), { json: [] });

const columns = `
  runs.run_id AS runId, runs.job_id AS jobId, runs.board_id AS boardId, jobs.suite_id AS suiteId, jobs.scenario,
  jobs.mode, runs.attempt, runs.fence, runs.phase, runs.verdict, runs.outcome, runs.started_at_ms AS startedAtMs,
  runs.ended_at_ms AS endedAtMs, runs.results, runs.error, runs.record_sha256 AS recordSha256,
  runs.bundle_path AS bundlePath, runs.report_path AS reportPath`;
const byIdSql = `SELECT ${columns} FROM runs JOIN jobs USING (job_id) WHERE runs.run_id = :runId`;
const newestSql = `SELECT ${columns} FROM runs JOIN jobs USING (job_id)
  WHERE (:boardId IS NULL OR runs.board_id = :boardId) AND (:jobId IS NULL OR runs.job_id = :jobId)
  ORDER BY runs.sequence DESC LIMIT :limit`;
const openSql = `SELECT ${columns} FROM runs JOIN jobs USING (job_id)
  WHERE runs.outcome = 'open' ORDER BY runs.sequence`;
const ownerSql = `SELECT boot_id AS bootId, child_pid AS childPid, child_start_ticks AS childStartTicks
  FROM runs WHERE run_id = :runId`;
const childSql = `UPDATE runs SET child_pid = :pid, child_start_ticks = :startTicks
  WHERE run_id = :runId AND fence = :fence AND outcome = 'open'`;
const phaseSql = `UPDATE runs SET phase = :phase
  WHERE run_id = :runId AND fence = :fence AND outcome = 'open'`;

/** The run of this id. */
export function runById(session: SqlSession, runId: string): RunSummary | undefined {
  const row = session.get(byIdSql, { runId });
  return row === undefined ? undefined : readRun(row);
}

/** Newest first; -1 as the limit of SQLite means all. */
export function newestRuns(
  session: SqlSession,
  filter: Parameters<ResultStore['runs']>[0],
): RunSummary[] {
  const { boardId = null, jobId = null, limit = -1 } = filter ?? {};
  return session.all(newestSql, { boardId, jobId, limit }).map(readRun);
}

/** Runs without an end, oldest first. */
export function runsWithoutEnd(session: SqlSession): OpenRun[] {
  return session.all(openSql).map((row) => {
    const run = readRun(row);
    const owner = session.get(ownerSql, { runId: run.runId }) ?? {};
    return { run, ...readOwner(owner) };
  });
}

/** Notes the child process of an open run; false when the fence is stale. */
export function updateChild(
  session: SqlSession,
  lease: { readonly runId: string; readonly fence: number },
  child: { readonly pid: number; readonly startTicks: number | null },
): boolean {
  return session.change(childSql, { ...lease, pid: child.pid, startTicks: child.startTicks }) === 1;
}

/** Notes the phase of an open run; false when the fence is stale. */
export function updatePhase(
  session: SqlSession,
  lease: { readonly runId: string; readonly fence: number },
  phase: string,
): boolean {
  return session.change(phaseSql, { ...lease, phase }) === 1;
}
