import type { Claim, ResultStore } from '#harness/contracts/result-store.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { jobById } from './job-rows.ts';
import { runById } from './run-rows.ts';
import type { SqlSession } from './sql-session.ts';

const leaseBoardSql = `UPDATE boards
  SET state = 'leased', run_id = :runId, fence = fence + 1, lease_until_ms = :leaseUntilMs
  WHERE board_id = (SELECT board_id FROM jobs WHERE job_id = :jobId AND state = 'queued')
    AND state = 'free' AND configured = 1
  RETURNING fence`;
const activateJobSql = `UPDATE jobs SET state = 'active', attempt_count = attempt_count + 1
  WHERE job_id = :jobId AND state = 'queued'`;
const openRunSql = `INSERT INTO runs (run_id, job_id, board_id, attempt, fence, boot_id, daemon_pid, phase,
    outcome, verdict, started_at_ms, bundle_path)
  SELECT :runId, job_id, board_id, attempt_count, :fence, :bootId, :daemonPid, 'leased', 'open', 'none', :nowMs,
    :bundlePath
  FROM jobs WHERE job_id = :jobId`;

/** Call inside a transaction: leases the board of a queued job and opens the run, or changes nothing. */
export function claimJob(
  session: SqlSession,
  request: Parameters<ResultStore['claim']>[0],
): Claim | undefined {
  const { jobId, runId, bundlePath, owner, nowMs, leaseMs } = request;
  const leaseUntilMs = nowMs + leaseMs;
  const fence = session.get(leaseBoardSql, { jobId, runId, leaseUntilMs })?.['fence'];
  if (typeof fence !== 'number') return undefined;
  const activatedCount = session.change(activateJobSql, { jobId });
  assert(activatedCount === 1, `job ${jobId} was queued when its board was leased`);
  const { bootId, pid: daemonPid } = owner;
  session.change(openRunSql, { jobId, runId, fence, bootId, daemonPid, nowMs, bundlePath });
  return {
    job: assertDefined(jobById(session, jobId), `job ${jobId} is stored`),
    run: assertDefined(runById(session, runId), `run ${runId} is stored`),
    fence,
    leaseUntilMs,
  };
}
