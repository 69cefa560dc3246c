import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { RunOutcome } from '#harness/contracts/run-event.ts';

/** No job has more attempts; all of them are shown. */
export const attemptCountMax = 3;

/** How many attempts a job may have when this kind of fault ended the last one. */
const attemptsByClass: Readonly<Record<ErrorRecord['class'], number>> = {
  infra: attemptCountMax,
  station: attemptCountMax,
  dut: 2,
  bug: 2,
  measurement: 2,
  job: 1,
};

/**
 * Whether a job is queued again after this end. A completed run never is: Assay repeats faults, it does not choose
 * among results. An interrupted run always is, and so is a fault whose catalogue entry says `automatic`: of the lab up
 * to 3 attempts, of the board, the measurement or a bug once more.
 *
 * @param attemptCount - attempts so far, with the one that has just ended
 */
export function shouldRequeue(
  ended: Pick<RunOutcome, 'outcome' | 'error'>,
  attemptCount: number,
): boolean {
  switch (ended.outcome) {
    case 'completed':
    case 'aborted':
      return false;
    case 'interrupted':
      return attemptCount < attemptCountMax;
    case 'failed':
      return (
        ended.error?.retry === 'automatic' && attemptCount < attemptsByClass[ended.error.class]
      );
  }
}
