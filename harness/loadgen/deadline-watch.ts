import type { Clock } from '#harness/kernel/clock.ts';

/** One deadline at a time, watched by one timer for the whole load: arming costs a few nanoseconds. */
export interface DeadlineWatch extends Disposable {
  /** From now on the current step has this long. */
  readonly arm: (durationMs: number) => void;
  /** The step ended. */
  readonly disarm: () => void;
  /** Aborts with a TimeoutError, as `isDeadline` knows it, when a step has outlived its deadline. */
  readonly signal: AbortSignal;
}

/**
 * Starts a watch. It looks again after the shortest duration that is ever armed, or when the armed deadline comes:
 * no deadline can lie before that, so each is met to the precision of the clock's `sleep`.
 *
 * @param shortestMs - the shortest duration that will be armed, in milliseconds
 */
export function deadlineWatch(clock: Clock, shortestMs: number): DeadlineWatch {
  const stopped = new AbortController();
  const expired = new AbortController();
  let deadlineNs = Number.POSITIVE_INFINITY;
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const leftMs = (deadlineNs - clock.nowNs()) / 1e6;
      if (leftMs <= 0) {
        expired.abort(new DOMException('the query outlived its deadline', 'TimeoutError'));
        return;
      }
      await clock.sleep(Math.min(leftMs, shortestMs), stopped.signal);
    }
  };
  // A rejection here is the stopped sleep; the watch is over then.
  watch().catch(() => undefined);
  return {
    arm: (durationMs) => {
      deadlineNs = clock.nowNs() + durationMs * 1e6;
    },
    disarm: () => {
      deadlineNs = Number.POSITIVE_INFINITY;
    },
    signal: expired.signal,
    [Symbol.dispose]: () => stopped.abort(),
  };
}
