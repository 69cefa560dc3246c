import { labError, type ErrorCode } from '#harness/contracts/error-catalogue.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import type { NewJob, ResultStore } from '#harness/contracts/result-store.ts';
import type { RunOutcome } from '#harness/contracts/run-event.ts';

/** The daemon start that tests act for. */
export const owner = { bootId: 'boot-a', pid: 4711 };

/** Two boards of one station and one of another. */
export const boards: Parameters<ResultStore['syncBoards']>[0] = [
  board('mcu-1', 'bench', 'meter-1'),
  board('host-1', 'bench', null),
  board('mcu-2', 'rack', null),
];

function board(
  boardId: string,
  stationId: string,
  powerMeterId: string | null,
): Parameters<ResultStore['syncBoards']>[0][number] {
  return { boardId, name: boardId, maker: 'Maker', stationId, driver: 'dut/sample', powerMeterId };
}

/** A job as submit makes it. */
export function newJob(jobId: string, boardId = 'mcu-1'): NewJob {
  return {
    jobId,
    boardId,
    suiteId: 'keyword-spotting',
    scenario: 'single-stream',
    mode: 'both',
    seed: 7,
    submittedAtMs: 1_000,
  };
}

/** A claim request of the owner above. */
export function claimRequest(jobId: string, runId: string): Parameters<ResultStore['claim']>[0] {
  return { jobId, runId, bundlePath: `/lab/${runId}`, owner, nowMs: 2_000, leaseMs: 30_000 };
}

/** An error of this code as a record. */
export function errorOf(code: ErrorCode): ErrorRecord {
  return errorRecord(labError(code, `${code} for a test`));
}

/** A run that measured. */
export const completed: RunOutcome = {
  outcome: 'completed',
  verdict: 'pass',
  results: {
    accuracy: { metric: 'top-1', value: 0.9, correctCount: 9, sampleCount: 10, atLeast: 0.8 },
  },
  error: null,
  recordSha256: 'ab'.repeat(32),
  reportPath: '/lab/report.pdf',
  boardSafe: true,
};

/** A run that failed with this code; its board is safe. */
export function failedWith(code: ErrorCode): RunOutcome {
  return {
    outcome: 'failed',
    verdict: 'error',
    results: null,
    error: errorOf(code),
    recordSha256: null,
    reportPath: null,
    boardSafe: true,
  };
}

/** A run that somebody cancelled. */
export const aborted: RunOutcome = {
  ...failedWith('run/cancelled'),
  outcome: 'aborted',
  verdict: 'aborted',
};

/** A run that a crash ended. */
export const interrupted: RunOutcome = { ...failedWith('run/interrupted'), outcome: 'interrupted' };
