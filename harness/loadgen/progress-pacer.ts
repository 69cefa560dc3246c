import type { Clock } from '#harness/kernel/clock.ts';

import type { LoadProgress } from './load-end.ts';

const betweenNs = 100e6;

/** Where progress goes; called on the load's thread, so it must return at once. */
export type ProgressListener = (progress: LoadProgress) => void;

/**
 * Tells about progress at most every 100 ms, and gives timers and messages of the thread a turn then: a target that
 * answers at once would let none of them through.
 *
 * @returns the function to call between two queries, never inside one; a promise, where there is one, is awaited
 */
export function progressPacer(
  clock: Clock,
  onProgress: ProgressListener | undefined,
): (progress: () => LoadProgress) => Promise<void> | undefined {
  let nextAtNs = clock.nowNs() + betweenNs;
  const pause = async (): Promise<void> => {
    await clock.sleep(0);
    nextAtNs = clock.nowNs() + betweenNs;
  };
  return (progress) => {
    if (clock.nowNs() < nextAtNs) return undefined;
    onProgress?.(progress());
    return pause();
  };
}
