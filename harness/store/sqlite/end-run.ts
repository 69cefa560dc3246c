import { Compile } from 'typebox/compile';

import type { BoardSummary } from '#harness/contracts/records/job-record.ts';
import type { ResultStore } from '#harness/contracts/result-store.ts';
import { RunOutcomeSchema, type RunOutcome } from '#harness/contracts/run-event.ts';
import { assert } from '#harness/kernel/assert.ts';

import { jsonColumn } from './row-reader.ts';
import type { SqlSession } from './sql-session.ts';

const outcomes = Compile(RunOutcomeSchema);

const endRunSql = `UPDATE runs SET outcome = :outcome, verdict = :verdict, phase = 'ended', ended_at_ms = :atMs,
    results = :results, error = :error, record_sha256 = :recordSha256, report_path = :reportPath
  WHERE run_id = :runId AND fence = :fence AND outcome = 'open'`;
const releaseBoardSql = `UPDATE boards SET state = :state, run_id = NULL, lease_until_ms = NULL,
    health = coalesce(:health, health),
    last_error = CASE WHEN :keepsError THEN last_error ELSE :error END
  WHERE run_id = :runId AND fence = :fence`;
const moveJobSql = `UPDATE jobs SET state = :state, verdict = :verdict, ended_at_ms = :endedAtMs
  WHERE job_id = (SELECT job_id FROM runs WHERE run_id = :runId) AND state = 'active'`;

/** What a run says about the health of its board; null when nothing. A `fail` of the model is no illness. */
function healthAfter(outcome: RunOutcome): BoardSummary['health'] | null {
  if (outcome.outcome === 'completed') return 'good';
  return outcome.error?.class === 'dut' ? 'suspect' : null;
}

/** A cancelled or wrongly asked job says nothing about its board. */
function saysNothingOfBoard(outcome: RunOutcome): boolean {
  return outcome.outcome === 'aborted' || outcome.error?.class === 'job';
}

/** Call inside a transaction: ends the run, frees or marks its board, moves its job on; false when the fence is stale. */
export function endOpenRun(
  session: SqlSession,
  request: Parameters<ResultStore['endRun']>[0],
): boolean {
  const { runId, fence, outcome, requeue, atMs } = request;
  assert(outcomes.Check(outcome), `the outcome of run ${runId} is as its schema says`);
  assert(!(requeue && outcome.outcome === 'completed'), `completed run ${runId} is not repeated`);
  const isInterrupted = outcome.outcome === 'interrupted';
  assert(!isInterrupted || outcome.results === null, `interrupted run ${runId} has no results`);
  const lease = { runId, fence };
  const error = jsonColumn(outcome.error);
  const endedCount = session.change(endRunSql, {
    ...lease,
    outcome: outcome.outcome,
    verdict: outcome.verdict,
    atMs,
    results: jsonColumn(outcome.results),
    error,
    recordSha256: outcome.recordSha256,
    reportPath: outcome.reportPath,
  });
  if (endedCount === 0) return false;
  const releasedCount = session.change(releaseBoardSql, {
    ...lease,
    state: outcome.boardSafe ? 'free' : 'unsafe',
    health: healthAfter(outcome),
    keepsError: saysNothingOfBoard(outcome) ? 1 : 0,
    error,
  });
  assert(releasedCount === 1, `open run ${runId} held the lease of its board`);
  const ending = outcome.outcome === 'aborted' ? 'cancelled' : 'done';
  const movedCount = session.change(moveJobSql, {
    runId,
    state: requeue ? 'queued' : ending,
    verdict: requeue ? 'none' : outcome.verdict,
    endedAtMs: requeue ? null : atMs,
  });
  assert(movedCount === 1, `the job of open run ${runId} was active`);
  return true;
}
