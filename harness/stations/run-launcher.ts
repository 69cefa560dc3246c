import type { Claim } from '#harness/contracts/result-store.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';

/** What the scheduler wants to hear of a run process. */
export interface RunCallbacks {
  /** Phases and progress, already checked against their schema. An `ended` event may be left out: `ended` says it. */
  readonly onEvent: (event: RunEvent) => void;
}

/** A run process that was started. */
export interface RunHandle {
  readonly pid: number | null;
  /** `/proc/<pid>/stat` field 22; null where there is none. */
  readonly startTicks: number | null;
  /**
   * Asks the process to stop and makes sure that it ends: abort message, then SIGTERM, then SIGKILL. Returns at once;
   * calling it again changes nothing.
   */
  readonly cancel: () => void;
  /**
   * Settles when the process is gone, with what it reported; a death without a report is
   * `failed` with `run/child-died` and `boardSafe: false`. Never rejects.
   */
  readonly ended: Promise<RunOutcome>;
}

/** Port: starts the process of one run. Throws when it cannot be started; then no board was touched. */
export type RunLauncher = (claim: Claim, callbacks: RunCallbacks) => RunHandle;

/**
 * Port: brings a board to its verified safe state through its driver, without a run. Rejects when it could not.
 * It is abandoned when the signal aborts.
 */
export type MakeBoardSafe = (boardId: string, signal: AbortSignal) => Promise<void>;

/** Why a run was stopped from outside. */
export type StopReason = 'person' | 'shutdown' | 'deadline' | 'lease-lost';
