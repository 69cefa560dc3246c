import { setImmediate } from 'node:timers/promises';

import type { Clock } from '#harness/kernel/clock.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on, waking each sleeper at its instant, and lets everything that follows from it happen. */
  readonly advance: (durationMs: number) => Promise<void>;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Lets all promises that can settle now do so; no time passes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}

/** Makes a clock that begins at 1 s UTC and 0 ns. */
export function manualClock(): ManualClock {
  let nowMs = 0;
  const sleepers = new Set<Sleeper>();
  const sleep = (durationMs: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { atMs: nowMs + durationMs, wake: resolve };
    sleepers.add(sleeper);
    signal?.addEventListener('abort', () => {
      sleepers.delete(sleeper);
      reject(signal.reason);
    });
    return promise;
  };
  const next = (untilMs: number): Sleeper | undefined =>
    [...sleepers]
      .filter((sleeper) => sleeper.atMs <= untilMs)
      .toSorted((left, right) => left.atMs - right.atMs)[0];
  return {
    nowNs: () => nowMs * 1_000_000,
    utcMs: () => 1_000 + nowMs,
    sleep,
    advance: async (durationMs) => {
      const untilMs = nowMs + durationMs;
      await settle();
      for (let due = next(untilMs); due !== undefined; due = next(untilMs)) {
        nowMs = due.atMs;
        sleepers.delete(due);
        due.wake();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
