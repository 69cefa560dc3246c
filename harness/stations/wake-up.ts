import type { Clock } from '#harness/kernel/clock.ts';

/** Lets one loop sleep until something happens, but never longer than a bound. */
export interface WakeUp {
  /** Ends the present wait, or the next one when nobody waits now. */
  readonly wake: () => void;
  /** Waits for `wake`, for the bound, or for the signal; never rejects. */
  readonly wait: (boundMs: number, signal: AbortSignal) => Promise<void>;
}

/** Makes a wake-up on this clock. */
export function createWakeUp(clock: Clock): WakeUp {
  let woken = Promise.withResolvers<void>();
  return {
    wake: () => woken.resolve(),
    wait: async (boundMs, signal) => {
      const timer = new AbortController();
      const bound = clock.sleep(boundMs, AbortSignal.any([signal, timer.signal]));
      try {
        await Promise.race([woken.promise, bound]);
      } catch {
        // Stopped from outside: the loop looks at the signal itself.
      }
      timer.abort();
      bound.catch(() => undefined);
      woken = Promise.withResolvers<void>();
    },
  };
}
