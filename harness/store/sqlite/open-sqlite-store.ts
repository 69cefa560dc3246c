import { dirname } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ResultStore } from '#harness/contracts/result-store.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { insertAudit, newestAudit } from './audit-rows.ts';
import {
  configuredBoards,
  countRecovery,
  replaceBoards,
  updateBoardState,
  updateLease,
} from './board-rows.ts';
import { claimJob } from './claim-job.ts';
import { endOpenRun } from './end-run.ts';
import { cancelQueued, insertJob, jobById, newestJobs, queuedJobs } from './job-rows.ts';
import { makeFolder } from './make-folder.ts';
import { migrate } from './migrate.ts';
import { firstMigration } from './migrations/0001-first.ts';
import { loadSettingsMigration } from './migrations/0002-load-settings.ts';
import { recoveryCountsMigration } from './migrations/0003-recovery-counts.ts';
import { newestRuns, runById, runsWithoutEnd, updateChild, updatePhase } from './run-rows.ts';
import { openSqlSession, type SqlSession } from './sql-session.ts';

const migrations = [firstMigration, loadSettingsMigration, recoveryCountsMigration];

/** Every commit reaches the disk before it is answered: a power cut loses nothing that was said. */
const pragmas = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;`;

function checkIntegrity(session: SqlSession): void {
  const finding = session.get('PRAGMA quick_check(1)')?.['quick_check'];
  if (finding === 'ok') return;
  throw labError('store/corrupt', `the store ${session.path} is damaged: ${String(finding)}`, {
    details: { path: session.path },
  });
}

function openChecked(path: string, clock: Clock): SqlSession {
  const session = openSqlSession(path);
  try {
    checkIntegrity(session);
    migrate(session, migrations, clock);
    session.script(pragmas);
    return session;
  } catch (error) {
    session[Symbol.dispose]();
    throw error;
  }
}

function storeOn(session: SqlSession): ResultStore {
  return {
    submitJob: (job) => session.transaction(() => insertJob(session, job)),
    job: (jobId) => jobById(session, jobId),
    jobs: (filter) => newestJobs(session, filter),
    queue: () => queuedJobs(session),
    cancelQueuedJob: (jobId, atMs) => cancelQueued(session, jobId, atMs),
    claim: (request) => session.transaction(() => claimJob(session, request)),
    renewLease: (runId, fence, untilMs) => updateLease(session, { runId, fence }, untilMs),
    recordChild: (runId, fence, child) => updateChild(session, { runId, fence }, child),
    recordPhase: (runId, fence, phase) => updatePhase(session, { runId, fence }, phase),
    endRun: (request) => session.transaction(() => endOpenRun(session, request)),
    run: (runId) => runById(session, runId),
    runs: (filter) => newestRuns(session, filter),
    openRuns: () => runsWithoutEnd(session),
    syncBoards: (boards) => session.transaction(() => replaceBoards(session, boards)),
    boards: () => configuredBoards(session),
    setBoardState: (boardId, state, lastError) =>
      updateBoardState(session, { boardId, state }, lastError),
    countRecovery: (step, atMs) => countRecovery(session, step, atMs),
    appendAudit: (entry) => insertAudit(session, entry),
    audit: (limit) => newestAudit(session, limit),
    [Symbol.asyncDispose]: async () => session[Symbol.dispose](),
  };
}

/**
 * Opens the store of one lab, makes it when it is absent, and brings its schema forward. Calls block for the time
 * of one small transaction. Take the daemon's lock first (`acquireDaemonLock`).
 *
 * @param options - `path` of the SQLite file; its folder is made
 * @throws LabError store/corrupt, store/newer-schema, store/busy, evidence/write-failed, evidence/disk-full
 */
export function openSqliteStore(options: {
  readonly path: string;
  readonly clock: Clock;
}): ResultStore {
  makeFolder(dirname(options.path));
  return storeOn(openChecked(options.path, options.clock));
}
