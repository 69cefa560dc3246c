import type { BoardSummary, RunSummary } from '#harness/contracts/records/job-record.ts';

/** What a busy board is doing, for the people who wait for it. */
export function holderSentence(board: BoardSummary, run: RunSummary | undefined): string {
  if (run === undefined) return `${board.boardId} is being brought to its safe state`;
  if (board.state === 'recovering') {
    return `${board.boardId} is being brought to its safe state after ${run.suiteId} (run ${run.runId})`;
  }
  return run.phase === 'measuring'
    ? `${board.boardId} is measuring ${run.suiteId} (run ${run.runId})`
    : `${board.boardId} is busy with ${run.suiteId} (run ${run.runId}, ${run.phase})`;
}

/** Where a job stands among those that want the same: `2 jobs are ahead`. */
export function placeSentence(aheadCount: number): string {
  if (aheadCount === 0) return 'this job is next';
  return aheadCount === 1 ? '1 job is ahead' : `${aheadCount} jobs are ahead`;
}
