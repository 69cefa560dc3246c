import { MessageChannel, Worker } from 'node:worker_threads';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';
import type { LoadProgress } from '#harness/loadgen/load-end.ts';

import type {
  IssueLoad,
  IssueOutcome,
  IssueReply,
  IssueRequest,
  IssueThreadStart,
} from './issue-thread-protocol.ts';
import { bridgeControl } from './load-bridge.ts';

const startDeadlineMs = 30_000;
/** A thread that does not end its load this long after an abort is stopped for good. */
const abortDeadlineMs = 5000;

/** What the caller of a load hears, and how it ends one early. */
export interface IssueListener {
  readonly log: LogWriter;
  /** At most every 100 ms. */
  readonly onProgress: (progress: LoadProgress) => void;
  /** At its abort the load ends as `aborted`, and what was recorded stays. */
  readonly signal: AbortSignal;
}

/** A thread that does nothing but issue loads at their instants; one after the other. */
export interface IssueThread extends AsyncDisposable {
  /**
   * Issues the load and waits for its end; the other end of the bridge is told of it in any case.
   *
   * @throws LabError evidence/write-failed; run/child-died when the thread ended
   */
  readonly issue: (load: IssueLoad, listener: IssueListener) => Promise<IssueOutcome>;
}

function hear(
  reply: IssueReply,
  listener: IssueListener,
  settle: PromiseWithResolvers<IssueOutcome>,
): void {
  switch (reply.type) {
    case 'progress':
      listener.onProgress(reply.progress);
      return;
    case 'log':
      listener.log(reply.line);
      return;
    case 'ended':
      settle.resolve(reply.outcome);
      return;
    case 'failed':
      settle.reject(thrownFromRecord(reply.error));
      return;
  }
}

/** Ends the load through its bridge, and the thread itself when that has no effect. */
async function abortLoad(worker: Worker, load: IssueLoad, ended: Promise<unknown>): Promise<void> {
  bridgeControl(load.bridge).abort();
  try {
    await raceSignal(ended, withDeadline(abortDeadlineMs));
  } catch {
    // Whoever waits for the load hears of the thread's exit, or of the load's own error.
    await worker.terminate();
  }
}

async function issueInThread(
  worker: Worker,
  load: IssueLoad,
  options: { readonly listener: IssueListener; readonly broken: Promise<never> },
): Promise<IssueOutcome> {
  const { listener, broken } = options;
  const { signal } = listener;
  if (signal.aborted) {
    bridgeControl(load.bridge).end();
    throw signal.reason;
  }
  const { port1, port2 } = new MessageChannel();
  const settled = Promise.withResolvers<IssueOutcome>();
  const ended = Promise.race([settled.promise, broken]);
  const onAbort = (): void => void abortLoad(worker, load, ended);
  try {
    signal.addEventListener('abort', onAbort, { once: true });
    port1.on('message', (reply: IssueReply) => hear(reply, listener, settled));
    const request: IssueRequest = { load, port: port2 };
    worker.postMessage(request, [port2]);
    return await ended;
  } finally {
    signal.removeEventListener('abort', onAbort);
    port1.close();
    bridgeControl(load.bridge).end();
  }
}

/** Starts the thread and waits until it is there. Its clock is that of the run. */
export async function startIssueThread(
  start: IssueThreadStart,
  signal: AbortSignal,
): Promise<IssueThread> {
  const worker = new Worker(new URL('./issue-thread-entry.ts', import.meta.url), {
    workerData: start,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {
    // Reported by whichever load is under way; without one there is nobody to tell.
  });
  worker.on('error', (error) => broken.reject(error));
  worker.on('exit', (code) => {
    broken.reject(labError('run/child-died', `the thread that issues ended with code ${code}`));
  });
  const ready = new Promise((resolve) => {
    worker.once('message', resolve);
  });
  try {
    const started = Promise.race([ready, broken.promise]);
    await raceSignal(started, withDeadline(startDeadlineMs, signal));
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    issue: (load, listener) => issueInThread(worker, load, { listener, broken: broken.promise }),
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
