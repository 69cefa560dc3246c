import type { RunSummary } from '#harness/contracts/records/job-record.ts';

/** A fault of the lab, not of the board: what the board had answered by then counts. */
function leftGoodAnswers({ outcome, error }: RunSummary): boolean {
  return outcome === 'interrupted' || (outcome === 'failed' && error?.class === 'infra');
}

/**
 * The attempt whose accuracy checkpoint the next one may go on from: the latest that ended through no fault of the
 * board.
 *
 * @param runs - of one job, newest first
 * @param runId - of the attempt that is starting
 */
export function earlierAttempt(runs: readonly RunSummary[], runId: string): RunSummary | undefined {
  return runs.find((run) => run.runId !== runId && leftGoodAnswers(run));
}
