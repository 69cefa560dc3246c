import type { Clock } from '#harness/kernel/clock.ts';

import { deadlineWatch, type DeadlineWatch } from '../deadline-watch.ts';

/** A call that does not end at the abort of its signal is left behind after this. */
export const abandonAfterMs = 1000;

/** Bounds the calls to a device, one at a time, with one timer for all of them. */
export interface CallGuard extends Disposable {
  /** For the next call; aborts when the armed call outlives its deadline, or at `close`. */
  readonly signal: () => AbortSignal;
  /** From now on the call under way has this long. */
  readonly arm: (durationMs: number) => void;
  /** The call ended. @returns whether it had outlived its deadline; the next call has a new signal then */
  readonly disarm: () => boolean;
}

/** How a guard is made. */
export interface CallGuardOptions {
  readonly clock: Clock;
  /** The shortest duration that will be armed. */
  readonly shortestMs: number;
  /** Ends every call. */
  readonly closed: AbortSignal;
  /** Called when a call went on for `abandonAfterMs` after the abort. */
  readonly onAbandoned: () => void;
}

interface Guarded {
  readonly watch: DeadlineWatch;
  readonly signal: AbortSignal;
}

/** A guard for the calls to one device. */
export function callGuard(options: CallGuardOptions): CallGuard {
  const { clock, shortestMs, closed, onAbandoned } = options;
  let callNumber = 0;
  const onExpired = async (): Promise<void> => {
    const expiredCall = callNumber;
    await clock.sleep(abandonAfterMs, closed);
    if (callNumber === expiredCall) onAbandoned();
  };
  const guarded = (): Guarded => {
    const watch = deadlineWatch(clock, shortestMs);
    watch.signal.addEventListener(
      'abort',
      () => {
        // Rejects when everything is closed: nobody asks any more.
        onExpired().catch(() => undefined);
      },
      { once: true },
    );
    return { watch, signal: AbortSignal.any([watch.signal, closed]) };
  };
  let current = guarded();
  return {
    signal: () => current.signal,
    arm: (durationMs) => current.watch.arm(durationMs),
    disarm: () => {
      callNumber += 1;
      current.watch.disarm();
      const hasExpired = current.watch.signal.aborted;
      if (hasExpired && !closed.aborted) current = guarded();
      return hasExpired;
    },
    [Symbol.dispose]: () => current.watch[Symbol.dispose](),
  };
}
