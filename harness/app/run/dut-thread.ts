import { MessageChannel, Worker } from 'node:worker_threads';

import type { DeviceReading } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import type {
  DutCallName,
  DutThreadCalls,
  DutThreadNotice,
  DutThreadReply,
  DutThreadRequest,
  DutThreadStart,
} from './dut-thread-protocol.ts';

/** What a call may hear on the way. */
export interface DutCallListener {
  readonly onSample?: (sampleIndex: number, output: readonly number[]) => void;
  readonly onProgress?: (progress: {
    readonly step: string;
    readonly doneCount: number;
    readonly totalCount: number;
    readonly note: string;
  }) => void;
}

/** The thread that owns the device under test and issues its load; its caller never touches the device. */
export interface DutThread extends AsyncDisposable {
  readonly call: <Name extends DutCallName>(
    name: Name,
    argument: DutThreadCalls[Name]['argument'],
    options: DutCallListener & { readonly signal: AbortSignal },
  ) => Promise<DutThreadCalls[Name]['result']>;
}

function hear<Name extends DutCallName>(
  reply: DutThreadReply<Name>,
  listener: DutCallListener,
  settle: PromiseWithResolvers<DutThreadCalls[Name]['result']>,
): void {
  switch (reply.type) {
    case 'done':
      settle.resolve(reply.value);
      return;
    case 'failed':
      settle.reject(thrownFromRecord(reply.error));
      return;
    case 'sample':
      listener.onSample?.(reply.sampleIndex, reply.output);
      return;
    case 'progress':
      listener.onProgress?.(reply);
      return;
  }
}

async function callThread<Name extends DutCallName>(
  worker: Worker,
  request: Omit<DutThreadRequest<Name>, 'port'>,
  options: DutCallListener & { readonly signal: AbortSignal; readonly broken: Promise<never> },
): Promise<DutThreadCalls[Name]['result']> {
  options.signal.throwIfAborted();
  const { port1, port2 } = new MessageChannel();
  const settled = Promise.withResolvers<DutThreadCalls[Name]['result']>();
  const onAbort = (): void => port1.postMessage('abort');
  options.signal.addEventListener('abort', onAbort, { once: true });
  port1.on('message', (reply: DutThreadReply<Name>) => hear(reply, options, settled));
  worker.postMessage({ ...request, port: port2 }, [port2]);
  try {
    return await Promise.race([settled.promise, options.broken]);
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    port1.close();
  }
}

/**
 * Starts the thread and waits until the device is open.
 *
 * @throws LabError of the driver when the device cannot be opened
 */
export async function startDutThread(
  start: DutThreadStart,
  ears: { readonly log: LogWriter; readonly onReading: (reading: DeviceReading) => void },
  signal: AbortSignal,
): Promise<DutThread> {
  const worker = new Worker(new URL('./dut-thread-entry.ts', import.meta.url), {
    workerData: start,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const broken = Promise.withResolvers<never>();
  const ready = Promise.withResolvers<undefined>();
  broken.promise.catch(() => {
    // Reported by whichever call is waiting; without one there is nobody to tell.
  });
  worker.on('message', (notice: DutThreadNotice) => {
    if (notice.type === 'log') ears.log(notice.line);
    else if (notice.type === 'reading') ears.onReading(notice.reading);
    else if (notice.type === 'ready') ready.resolve(undefined);
    else broken.reject(thrownFromRecord(notice.error));
  });
  worker.on('error', (error) => broken.reject(error));
  worker.on('exit', (code) => {
    broken.reject(labError('run/child-died', `the thread of the device ended with code ${code}`));
  });
  const dispose = async (): Promise<void> => {
    await worker.terminate();
  };
  try {
    await raceSignal(Promise.race([ready.promise, broken.promise]), signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    call: (name, argument, options) =>
      callThread(worker, { name, argument }, { ...options, broken: broken.promise }),
    [Symbol.asyncDispose]: dispose,
  };
}
