import { Worker } from 'node:worker_threads';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';
import { breakRowRing, closeRowRing } from '#harness/loadgen/row-ring-reader.ts';

import type { RowLogNotice, RowLogStart } from './row-log-protocol.ts';

/** A query log that another thread is writing. */
export interface RowLogWriter extends AsyncDisposable {
  /** Aborts with the error once nothing is written any more; the adding side throws it too, at its next row. */
  readonly failed: AbortSignal;
  /**
   * To be called after the last row was added: writes what is in the ring, syncs, ends the thread. The first call
   * does it, every call gives its outcome. At most 60 s.
   *
   * @returns rows in the file
   * @throws LabError evidence/disk-full, evidence/write-failed; the file is readable up to its last whole row
   */
  readonly close: () => Promise<{ readonly rowCount: number }>;
}

const startMsMax = 30_000;
const closeMsMax = 60_000;

interface Ending {
  readonly rowCount: number;
  readonly error?: Error;
}

function writeFailed(path: string, cause?: unknown): LabError {
  const message = `The thread that writes ${path} ended before the load.`;
  return labError('evidence/write-failed', message, { details: { path }, cause });
}

/** The thread, and what it said so far. */
interface RowLogThread {
  readonly worker: Worker;
  readonly ready: Promise<undefined>;
  readonly ended: Promise<Ending>;
  readonly failed: AbortSignal;
}

function startThread(start: RowLogStart, log: LogWriter): RowLogThread {
  const worker = new Worker(new URL('./row-log-entry.ts', import.meta.url), {
    workerData: start,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ready = Promise.withResolvers<undefined>();
  const ended = Promise.withResolvers<Ending>();
  const failed = new AbortController();
  let isEnded = false;
  const end = (ending: Ending): void => {
    isEnded = true;
    ended.resolve(ending);
  };
  const fail = (error: Error, rowCount: number): void => {
    if (isEnded) return;
    end({ rowCount, error });
    breakRowRing(start.ring);
    log({ level: 'error', message: 'query log broken', fields: { path: start.path, rowCount } });
    failed.abort(error);
  };
  worker.on('message', (notice: RowLogNotice) => {
    if (notice.type === 'ready') ready.resolve(undefined);
    else if (notice.type === 'closed') end({ rowCount: notice.rowCount });
    else fail(thrownFromRecord(notice.error), notice.rowCount);
  });
  worker.on('error', (error) => fail(writeFailed(start.path, error), 0));
  worker.on('exit', () => fail(writeFailed(start.path), 0));
  return { worker, ready: ready.promise, ended: ended.promise, failed: failed.signal };
}

async function closeThread(
  thread: RowLogThread,
  start: RowLogStart,
): Promise<{ readonly rowCount: number }> {
  closeRowRing(start.ring);
  try {
    const { rowCount, error } = await raceSignal(thread.ended, withDeadline(closeMsMax));
    if (error !== undefined) throw error;
    return { rowCount };
  } catch (error) {
    throw thread.failed.aborted ? error : writeFailed(start.path, error);
  } finally {
    await thread.worker.terminate();
  }
}

/**
 * Starts the thread that appends the rows of a ring to a file as they lie there, at most 20 ms after they were added
 * on a machine that has time for it. A kill at any moment leaves a file that is readable up to its last whole row.
 *
 * @param start - the file, or both files, are made new
 * @param signal - of the start only; later, close it
 * @throws LabError evidence/disk-full, evidence/write-failed when a file cannot be made
 */
export async function startRowLogWriter(
  start: RowLogStart,
  log: LogWriter,
  signal: AbortSignal,
): Promise<RowLogWriter> {
  const thread = startThread(start, log);
  try {
    const first = Promise.race([thread.ready, thread.ended]);
    const ending = await raceSignal(first, withDeadline(startMsMax, signal));
    if (ending?.error !== undefined) throw ending.error;
  } catch (error) {
    await thread.worker.terminate();
    throw error;
  }
  let closing: Promise<{ readonly rowCount: number }> | undefined;
  const close = (): Promise<{ readonly rowCount: number }> =>
    (closing ??= closeThread(thread, start));
  return {
    failed: thread.failed,
    close,
    [Symbol.asyncDispose]: async () => {
      await close().catch(() => {
        // Told to whoever added rows, or closed it; here there is nobody left who asks.
      });
    },
  };
}
