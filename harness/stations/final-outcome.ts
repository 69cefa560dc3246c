import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import { RunOutcomeSchema, type RunOutcome } from '#harness/contracts/run-event.ts';

import { shouldRequeue } from './retry-policy.ts';
import type { StopReason } from './run-launcher.ts';

/** How a run ends in the store. */
export interface FinalOutcome {
  readonly outcome: RunOutcome;
  readonly requeue: boolean;
}

/** A run that failed before or beside its process: no results, nothing sealed. */
export function failedOutcome(error: ErrorRecord, boardSafe: boolean): RunOutcome {
  return {
    outcome: 'failed',
    verdict: 'error',
    results: null,
    error,
    recordSha256: null,
    reportPath: null,
    boardSafe,
  };
}

/** What a run process reported; outside of its schema it counts as a bug, never as a number or a safe board. */
export function checkedOutcome(reported: RunOutcome): RunOutcome {
  if (Value.Check(RunOutcomeSchema, reported)) return reported;
  const problem = Value.Errors(RunOutcomeSchema, reported)[0];
  const what = `the outcome that the run process reported is malformed at ${problem?.instancePath ?? '/'}`;
  return failedOutcome(errorRecord(new Error(what)), false);
}

function endedAs(
  reported: RunOutcome,
  ending: Pick<RunOutcome, 'outcome' | 'verdict'> & { readonly error: ErrorRecord },
): RunOutcome {
  return { ...reported, ...ending, results: null };
}

function interruptedOutcome(reported: RunOutcome, message: string): RunOutcome {
  const error = errorRecord(labError('run/interrupted', message));
  return endedAs(reported, { outcome: 'interrupted', verdict: 'error', error });
}

function stoppedOutcome(reported: RunOutcome, reason: StopReason, runId: string): RunOutcome {
  switch (reason) {
    case 'person': {
      const error = errorRecord(labError('run/cancelled', `run ${runId} was cancelled`));
      return endedAs(reported, { outcome: 'aborted', verdict: 'aborted', error });
    }
    case 'shutdown':
      return interruptedOutcome(reported, `the daemon stopped during run ${runId}`);
    case 'deadline': {
      const message = `run ${runId} was silent past the deadline of its phase and was stopped`;
      const error = errorRecord(labError('run/phase-deadline', message));
      return endedAs(reported, { outcome: 'failed', verdict: 'error', error });
    }
    case 'lease-lost': {
      const message = `run ${runId} lost its lease and was stopped`;
      const error = errorRecord(labError('lease/stale-fence', message));
      return endedAs(reported, { outcome: 'failed', verdict: 'error', error });
    }
  }
}

/**
 * What is stored for a run: what its process reported, seen with the reason why it was stopped. A measurement that
 * was complete before the stop took effect stays one. Pure.
 *
 * @param run - `attempt` counts from 1
 * @param reported - as `checkedOutcome` gave it
 */
export function finalOutcome(
  run: { readonly runId: string; readonly attempt: number },
  reported: RunOutcome,
  reason: StopReason | undefined,
): FinalOutcome {
  if (reported.outcome === 'completed') return { outcome: reported, requeue: false };
  // A process that stops although nobody here asked was told by the machine, such as Ctrl-C in its terminal.
  const isStoppedByMachine = reported.outcome === 'aborted' && reason === undefined;
  const effective = isStoppedByMachine ? 'shutdown' : reason;
  const outcome =
    effective === undefined ? reported : stoppedOutcome(reported, effective, run.runId);
  return { outcome, requeue: shouldRequeue(outcome, run.attempt) };
}
