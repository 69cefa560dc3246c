import { setImmediate as macrotask } from 'node:timers/promises';

import type { Clock } from '#harness/kernel/clock.ts';

/** A clock that stands until it is moved; for tests. */
export interface FakeClock extends Clock {
  /** Moves time and wakes whoever slept until then. */
  readonly advanceMs: (durationMs: number) => void;
  /**
   * Lets all promises run and moves time to the next waiting sleeper, again and again, until the promise settles.
   *
   * @throws Error when nobody sleeps and the promise is still open: it would never settle
   */
  readonly runUntil: <T>(promise: Promise<T>) => Promise<T>;
}

interface Sleeper {
  readonly untilNs: number;
  readonly wake: () => void;
}

/** A fake clock at 0. `sleep(0)` returns at once. */
export function fakeClock(): FakeClock {
  let nowNs = 0;
  const sleepers = new Set<Sleeper>();
  const advanceTo = (untilNs: number): void => {
    nowNs = Math.max(nowNs, untilNs);
    for (const sleeper of sleepers) {
      if (sleeper.untilNs > nowNs) continue;
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  };
  const sleep = (durationMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (durationMs <= 0) {
        resolve();
        return;
      }
      const sleeper = { untilNs: nowNs + durationMs * 1e6, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  return {
    nowNs: () => nowNs,
    utcMs: () => nowNs / 1e6,
    sleep,
    advanceMs: (durationMs) => advanceTo(nowNs + durationMs * 1e6),
    runUntil: async (promise) => {
      let open = true;
      const settle = (): void => {
        open = false;
      };
      promise.then(settle, settle);
      for (;;) {
        await macrotask();
        if (!open) return promise;
        const next = Math.min(...[...sleepers].map((sleeper) => sleeper.untilNs));
        if (next === Number.POSITIVE_INFINITY) throw new Error('nobody sleeps: it would never end');
        advanceTo(next);
      }
    },
  };
}
