import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import type { Claim } from '#harness/contracts/result-store.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';

import { bringBoardToSafety, markBoardUnsafe, type BoardSafetyPorts } from './board-safety.ts';
import type { EventFeed } from './event-feed.ts';
import { checkedOutcome, failedOutcome, finalOutcome, type FinalOutcome } from './final-outcome.ts';
import type { RunHandle, RunLauncher, StopReason } from './run-launcher.ts';

/** What looking after a run needs. */
export interface SupervisorPorts extends BoardSafetyPorts {
  readonly launchRun: RunLauncher;
  readonly feed: EventFeed;
}

/** A run under supervision. */
export interface SupervisedRun {
  readonly runId: string;
  readonly jobId: string;
  /** Ends the run soon; the reason of a person wins over others. */
  readonly stop: (reason: StopReason) => void;
  /** Settles when the run is ended in the store and its board is free or marked; never rejects. */
  readonly done: Promise<void>;
}

/** What is known of a run while it lives; changed by its supervisor only. */
interface Supervision {
  readonly claim: Claim;
  handle: RunHandle | undefined;
  reason: StopReason | undefined;
  /** On the lab's clock: after it a silent run is stopped. */
  deadlineNs: number;
  isEnded: boolean;
  /** Settles the wait for the process when it does not end in time. */
  readonly abandoned: PromiseWithResolvers<RunOutcome>;
  /** Aborts when the run has ended: stops the lease keeper and every timer. */
  readonly over: AbortController;
}

const nsPerMs = 1_000_000;

function moveDeadline(ports: SupervisorPorts, supervision: Supervision, waitMs: number): void {
  supervision.deadlineNs = ports.clock.nowNs() + waitMs * nsPerMs;
}

async function abandonLater(ports: SupervisorPorts, supervision: Supervision): Promise<void> {
  const { cancelBoundMs } = ports.settings;
  try {
    await ports.clock.sleep(cancelBoundMs, supervision.over.signal);
  } catch {
    // The process ended in time.
    return;
  }
  const { runId } = supervision.claim.run;
  const message = `the process of run ${runId} did not end within ${cancelBoundMs} ms`;
  const error = errorRecord(labError('run/child-died', message));
  supervision.abandoned.resolve(failedOutcome(error, false));
}

function stopRun(ports: SupervisorPorts, supervision: Supervision, reason: StopReason): void {
  const isFirst = supervision.reason === undefined;
  if (isFirst || reason === 'person') supervision.reason = reason;
  if (!isFirst || supervision.isEnded) return;
  supervision.handle?.cancel();
  void abandonLater(ports, supervision);
}

function handleEvent(ports: SupervisorPorts, supervision: Supervision, event: RunEvent): void {
  // The end is told once, by the supervisor, when the store knows it.
  if (supervision.isEnded || event.type === 'ended') return;
  const { run, fence } = supervision.claim;
  if (event.type === 'phase') {
    moveDeadline(ports, supervision, event.deadlineMs + ports.settings.phaseGraceMs);
    if (!ports.store.recordPhase(run.runId, fence, event.phase)) {
      stopRun(ports, supervision, 'lease-lost');
      return;
    }
  }
  if (event.type === 'recovery') {
    const { rung, helped } = event;
    ports.store.countRecovery({ boardId: run.boardId, rung, helped }, ports.clock.utcMs());
  }
  ports.feed.emit({ type: 'run-event', runId: run.runId, boardId: run.boardId, event });
  if (event.type === 'phase') emitRun(ports, run.runId);
}

function emitRun(ports: SupervisorPorts, runId: string): void {
  const run = ports.store.run(runId);
  if (run !== undefined) ports.feed.emit({ type: 'run', run });
}

function logFailure(
  ports: SupervisorPorts,
  claim: Claim,
  message: string,
): (error: unknown) => void {
  const { runId, boardId } = claim.run;
  return (error) =>
    ports.log({ level: 'error', message, fields: { runId, boardId, error: String(error) } });
}

function launch(ports: SupervisorPorts, supervision: Supervision): RunHandle {
  const { claim } = supervision;
  const handle = ports.launchRun(claim, {
    onEvent: (event) => {
      try {
        handleEvent(ports, supervision, event);
      } catch (error) {
        logFailure(ports, claim, 'a run event could not be stored')(error);
      }
    },
  });
  supervision.handle = handle;
  // Stopped by the very first event, before there was a handle to stop it with.
  if (supervision.reason !== undefined) handle.cancel();
  recordChild(ports, supervision, handle);
  return handle;
}

function recordChild(ports: SupervisorPorts, supervision: Supervision, handle: RunHandle): void {
  const { claim } = supervision;
  if (handle.pid === null) return;
  const child = { pid: handle.pid, startTicks: handle.startTicks };
  try {
    const isOurs = ports.store.recordChild(claim.run.runId, claim.fence, child);
    if (!isOurs) stopRun(ports, supervision, 'lease-lost');
  } catch (error) {
    // The run goes on: only a crash of this daemon would need the pid.
    logFailure(ports, claim, 'the process of a run could not be recorded')(error);
  }
}

/** Waits for the process. What goes wrong here is an outcome too. */
async function processOutcome(
  ports: SupervisorPorts,
  supervision: Supervision,
): Promise<RunOutcome> {
  try {
    moveDeadline(ports, supervision, ports.settings.launchDeadlineMs);
    const handle = launch(ports, supervision);
    return checkedOutcome(await Promise.race([handle.ended, supervision.abandoned.promise]));
  } catch (error) {
    // Without a handle the process was never started, and the board never touched.
    const isTouched = supervision.handle !== undefined;
    return failedOutcome(errorRecord(error), !isTouched);
  } finally {
    supervision.isEnded = true;
  }
}

/** Renews the lease and watches the deadline, until the run is over. */
async function keepLease(ports: SupervisorPorts, supervision: Supervision): Promise<void> {
  const { claim, over } = supervision;
  const { leaseMs, tickMs } = ports.settings;
  while (!over.signal.aborted) {
    try {
      await ports.clock.sleep(tickMs, over.signal);
      const untilMs = ports.clock.utcMs() + leaseMs;
      const isOurs = ports.store.renewLease(claim.run.runId, claim.fence, untilMs);
      if (!isOurs) stopRun(ports, supervision, 'lease-lost');
      const isLate = ports.clock.nowNs() > supervision.deadlineNs;
      if (isLate && !supervision.isEnded) stopRun(ports, supervision, 'deadline');
    } catch (error) {
      if (!over.signal.aborted) logFailure(ports, claim, 'a lease could not be renewed')(error);
    }
  }
}

/** Writes the end, again and again while the store refuses; the run stays open for recovery when it never takes it. */
async function storeEnd(
  ports: SupervisorPorts,
  claim: Claim,
  ending: FinalOutcome,
): Promise<boolean> {
  const { runId } = claim.run;
  for (let tryCount = 1; tryCount <= ports.settings.storeTryCountMax; tryCount += 1) {
    try {
      const atMs = ports.clock.utcMs();
      const isStored = ports.store.endRun({ runId, fence: claim.fence, ...ending, atMs });
      if (!isStored) logFailure(ports, claim, 'a run ended without its lease')('stale fence');
      return isStored;
    } catch (error) {
      logFailure(ports, claim, 'the end of a run could not be stored')(error);
    }
    await ports.clock.sleep(ports.settings.tickMs);
  }
  return false;
}

function tellEnd(ports: SupervisorPorts, claim: Claim, outcome: RunOutcome): void {
  const { runId, boardId, jobId } = claim.run;
  emitRun(ports, runId);
  const job = ports.store.job(jobId);
  if (job !== undefined) ports.feed.emit({ type: 'job', job });
  ports.feed.emit({ type: 'run-event', runId, boardId, event: { type: 'ended', outcome } });
}

/** Makes the board safe after a process that did not. */
async function recoverBoard(
  ports: SupervisorPorts,
  supervision: Supervision,
): Promise<ErrorRecord | null> {
  const { boardId } = supervision.claim.run;
  try {
    ports.store.setBoardState(boardId, 'recovering');
  } catch (error) {
    // The hardware comes first; the store still says leased, which nobody else can take either.
    logFailure(ports, supervision.claim, 'a recovery could not be recorded')(error);
  }
  return bringBoardToSafety(ports, boardId, () => supervision.reason !== 'shutdown');
}

async function supervise(ports: SupervisorPorts, supervision: Supervision): Promise<void> {
  const { claim } = supervision;
  const reported = await processOutcome(ports, supervision);
  const mustRecover = !reported.boardSafe && supervision.reason !== 'lease-lost';
  const unsafe = mustRecover ? await recoverBoard(ports, supervision) : null;
  const ending = finalOutcome(claim.run, reported, supervision.reason);
  const boardSafe = mustRecover ? unsafe === null : reported.boardSafe;
  const outcome = { ...ending.outcome, boardSafe };
  if (!(await storeEnd(ports, claim, { ...ending, outcome }))) return;
  try {
    if (unsafe !== null) markBoardUnsafe(ports, claim.run.boardId, unsafe);
  } finally {
    tellEnd(ports, claim, outcome);
  }
}

/**
 * Starts the process of a claimed run and looks after it until the store has its end: renews the lease, records
 * phases, stops it past its deadlines, makes the board safe first and only then closes the run.
 */
export function superviseRun(ports: SupervisorPorts, claim: Claim): SupervisedRun {
  const supervision: Supervision = {
    claim,
    handle: undefined,
    reason: undefined,
    deadlineNs: Number.POSITIVE_INFINITY,
    isEnded: false,
    abandoned: Promise.withResolvers<RunOutcome>(),
    over: new AbortController(),
  };
  const done = supervise(ports, supervision)
    .catch(logFailure(ports, claim, 'the supervision of a run failed'))
    .finally(() => supervision.over.abort());
  void keepLease(ports, supervision);
  return {
    runId: claim.run.runId,
    jobId: claim.run.jobId,
    stop: (reason) => stopRun(ports, supervision, reason),
    done,
  };
}
