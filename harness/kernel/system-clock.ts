import { setTimeout as delay } from 'node:timers/promises';

import type { Clock } from './clock.ts';

/**
 * The machine's clock. All threads and processes that were given the same origin share one time line, since
 * CLOCK_MONOTONIC is one for the whole machine.
 *
 * @param originNs - `process.hrtime.bigint()` at the run's start, as a decimal string when it crossed a process
 */
export function systemClock(originNs: bigint = process.hrtime.bigint()): Clock {
  return {
    nowNs: () => Number(process.hrtime.bigint() - originNs),
    utcMs: () => Date.now(),
    sleep: async (durationMs, signal) => {
      await delay(durationMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}
