import { Worker } from 'node:worker_threads';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import type { NullLoad, NullLoadOutcome, NullLoadReply } from './null-load-protocol.ts';

/** A thread that runs null loads, one after the other: from the second on its code is compiled. */
export interface NullLoadThread extends AsyncDisposable {
  readonly run: (load: NullLoad, signal: AbortSignal) => Promise<NullLoadOutcome>;
}

/** Starts the thread. At the abort of a load it is to be disposed of: a thread that blocks hears nothing. */
export function startNullLoadThread(): NullLoadThread {
  const worker = new Worker(new URL('./null-load-entry.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const run = (load: NullLoad): Promise<NullLoadOutcome> =>
    new Promise((resolve, reject) => {
      worker.removeAllListeners();
      worker.once('message', (reply: NullLoadReply) => {
        if (reply.type === 'ended') resolve(reply.outcome);
        else reject(thrownFromRecord(reply.error));
      });
      worker.once('error', reject);
      worker.once('exit', (code) => {
        reject(labError('run/child-died', `the thread of the null load ended with code ${code}`));
      });
      worker.postMessage(load);
    });
  return {
    run: (load, signal) => raceSignal(run(load), signal),
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
