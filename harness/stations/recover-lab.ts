import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import type { DaemonIdentity, OpenRun } from '#harness/contracts/result-store.ts';

import { bringBoardToSafety, markBoardUnsafe, type BoardSafetyPorts } from './board-safety.ts';
import { callWithin } from './call-within.ts';
import { failedOutcome } from './final-outcome.ts';
import { shouldRequeue } from './retry-policy.ts';
import { defaultSchedulerSettings, type SchedulerSettings } from './scheduler-settings.ts';

/** A process that a dead daemon left behind. */
export interface StrayChild {
  readonly pid: number;
  readonly startTicks: number;
}

/** What recovery needs. */
export interface RecoveryPorts extends Omit<BoardSafetyPorts, 'settings'> {
  readonly owner: DaemonIdentity;
  readonly settings?: Partial<SchedulerSettings>;
  /**
   * Port: kills the process (SIGKILL) when pid and start time still fit, and waits until it is gone; resolves at once
   * when another process has the pid or none has. Rejects when it cannot be killed.
   */
  readonly killStrayChild: (child: StrayChild, signal: AbortSignal) => Promise<void>;
  /** Port: what the run left of its load, to end a sentence with; empty for nothing. Never throws. */
  readonly partialLoadNote: (bundlePath: string) => string;
}

/** What recovery found and did. */
export interface RecoveryReport {
  readonly interruptedRunIds: readonly string[];
  readonly requeuedJobIds: readonly string[];
  readonly unsafeBoardIds: readonly string[];
}

type Ports = BoardSafetyPorts & Pick<RecoveryPorts, 'owner' | 'killStrayChild' | 'partialLoadNote'>;

/** A child that may still live drives the board: as long as it does, nobody else touches it. */
async function endStrayChild(ports: Ports, open: OpenRun): Promise<ErrorRecord | null> {
  const { childPid: pid, childStartTicks: startTicks, run } = open;
  if (pid === null || startTicks === null) return null;
  const boundMs = ports.settings.cancelBoundMs;
  const late = () =>
    labError('board/recovery-deadline', `process ${pid} did not die within ${boundMs} ms`);
  try {
    await callWithin({ clock: ports.clock, boundMs, late }, (signal) =>
      ports.killStrayChild({ pid, startTicks }, signal),
    );
    return null;
  } catch (error) {
    const reason = errorRecord(error).message;
    const message = `process ${pid} of run ${run.runId} could not be ended and may still drive ${run.boardId}: ${reason}`;
    return errorRecord(labError('board/unsafe', message, { details: { pid } }));
  }
}

/** Hardware first: the stray child, then the board; only then the rows, in one transaction. */
async function recoverRun(ports: Ports, open: OpenRun): Promise<Partial<Recovered>> {
  const { runId, jobId, boardId, fence, attempt } = open.run;
  ports.store.setBoardState(boardId, 'recovering');
  const unsafe =
    (await endStrayChild(ports, open)) ?? (await bringBoardToSafety(ports, boardId, () => true));
  const note = ports.partialLoadNote(open.run.bundlePath);
  const message = `the daemon of run ${runId} ended in phase ${open.run.phase}${note}`;
  const error = errorRecord(labError('run/interrupted', message));
  const outcome = { ...failedOutcome(error, unsafe === null), outcome: 'interrupted' } as const;
  const requeue = shouldRequeue(outcome, attempt);
  const atMs = ports.clock.utcMs();
  ports.store.endRun({ runId, fence, outcome, requeue, atMs });
  if (unsafe !== null) markBoardUnsafe(ports, boardId, unsafe);
  ports.store.appendAudit({
    atMs,
    actor: 'assay',
    action: 'run-interrupted',
    subject: runId,
    details: { bootId: open.bootId, requeue, boardSafe: unsafe === null },
  });
  return {
    runId,
    ...(requeue ? { jobId } : {}),
    ...(unsafe === null ? {} : { unsafeBoardId: boardId }),
  };
}

interface Recovered {
  readonly runId: string;
  readonly jobId: string;
  readonly unsafeBoardId: string;
}

/** A board without a run that was left unsafe, or in the middle of its recovery. */
async function recoverBoard(ports: Ports, boardId: string): Promise<Partial<Recovered>> {
  ports.store.setBoardState(boardId, 'recovering');
  const unsafe = await bringBoardToSafety(ports, boardId, () => true);
  if (unsafe === null) {
    ports.store.setBoardState(boardId, 'free', null);
    return {};
  }
  markBoardUnsafe(ports, boardId, unsafe);
  return { unsafeBoardId: boardId };
}

/**
 * What a daemon does before it starts runs: ends what an earlier start left open. Each board is made safe first, with
 * the stray process of its run killed before; then its run is closed as interrupted and its job queued again, in one
 * transaction. Boards that were left unsafe get another chance. Boards go side by side; every wait has a bound.
 */
export async function recoverLab(given: RecoveryPorts): Promise<RecoveryReport> {
  const ports: Ports = { ...given, settings: { ...defaultSchedulerSettings, ...given.settings } };
  const strays = ports.store.openRuns().filter((open) => open.bootId !== ports.owner.bootId);
  const restless = ports.store
    .boards()
    .filter((board) => board.runId === null && board.state !== 'free');
  const recovered = await Promise.all([
    ...strays.map((open) => recoverRun(ports, open)),
    ...restless.map((board) => recoverBoard(ports, board.boardId)),
  ]);
  return {
    interruptedRunIds: recovered.flatMap(({ runId }) => runId ?? []),
    requeuedJobIds: recovered.flatMap(({ jobId }) => jobId ?? []),
    unsafeBoardIds: recovered.flatMap(({ unsafeBoardId }) => unsafeBoardId ?? []),
  };
}
