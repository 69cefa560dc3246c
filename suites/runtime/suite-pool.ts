import { fileURLToPath } from 'node:url';

import { Piscina } from 'piscina';

import type { PoolFunction } from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';

import type { PoolTask } from './pool-worker.ts';

/** Tasks that may wait for a thread; a caller keeps its own share in flight and waits. */
const waitingTaskCountMax = 256;
/** A thread without work ends after this time: it must not keep memory from the measurement. */
const idleThreadMs = 5_000;

/** Worker threads for pre- and post-processing. Closes with its threads; tasks still running are given up. */
export interface SuitePool extends AsyncDisposable {
  /** Tasks that run at the same time. */
  readonly threadCount: number;
  /**
   * Calls the function in a worker thread; argument and result cross as structured clones.
   *
   * @throws LabError suite/task-failed when the function throws, does not exist, or its worker dies ·
   *   the signal's reason; a running task then ends with its thread
   */
  readonly run: (fn: PoolFunction, argument: unknown, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Opens the pool; threads start with the first tasks.
 *
 * @param options.threadCount - whole number, at least 1
 */
export function openSuitePool(options: { readonly threadCount: number }): SuitePool {
  const { threadCount } = options;
  assert(Number.isInteger(threadCount) && threadCount >= 1, 'threadCount is a whole number >= 1');
  const piscina = new Piscina<PoolTask, unknown>({
    filename: fileURLToPath(new URL('./pool-worker.ts', import.meta.url)),
    name: 'runPoolTask',
    minThreads: 0,
    maxThreads: threadCount,
    idleTimeout: idleThreadMs,
  });
  let taskCount = 0;
  return {
    threadCount,
    run: async (fn, argument, signal) => {
      signal.throwIfAborted();
      if (taskCount >= threadCount + waitingTaskCountMax) {
        throw taskFailed(fn, `${waitingTaskCountMax} tasks are waiting already`);
      }
      taskCount += 1;
      try {
        return await piscina.run({ ...fn, argument }, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw taskFailed(fn, error);
      } finally {
        taskCount -= 1;
      }
    },
    [Symbol.asyncDispose]: () => piscina.destroy(),
  };
}

function taskFailed(fn: PoolFunction, error: unknown): Error {
  const words = error instanceof Error ? error.message : String(error);
  return labError(
    'suite/task-failed',
    `The pool could not run ${fn.exportName} of ${fn.moduleUrl}: ${words}`,
    { details: { moduleUrl: fn.moduleUrl, exportName: fn.exportName }, cause: error },
  );
}
