import { setTimeout as delay } from 'node:timers/promises';

import type { Clock } from './clock.ts';

const alignmentCount = 100;

/** Nanoseconds of `performance.now()`; it counts whole ones, so the rounding only undoes its division. */
function threadNs(): number {
  return Math.round(performance.now() * 1e6);
}

/**
 * How far `originNs` lies after the instant from which `performance.now()` counts in this thread. Both read
 * CLOCK_MONOTONIC, so the difference is fixed; each pair of readings bounds it from both sides.
 */
function originOffsetNs(originNs: bigint): number {
  let atLeastNs = Number.NEGATIVE_INFINITY;
  let atMostNs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < alignmentCount; round += 1) {
    const beforeNs = threadNs();
    const machineNs = Number(process.hrtime.bigint() - originNs);
    atLeastNs = Math.max(atLeastNs, beforeNs - machineNs);
    atMostNs = Math.min(atMostNs, threadNs() - machineNs);
  }
  return Math.round((atLeastNs + atMostNs) / 2);
}

/**
 * The machine's clock. All threads and processes that were given the same origin share one time line, to within
 * 50 ns, since CLOCK_MONOTONIC is one for the whole machine. Reading it allocates nothing: a thread that spins on
 * `process.hrtime.bigint()` stops for the garbage collector every 30 ms.
 *
 * @param originNs - `process.hrtime.bigint()` at the run's start, as a decimal string when it crossed a process
 */
export function systemClock(originNs: bigint = process.hrtime.bigint()): Clock {
  const offsetNs = originOffsetNs(originNs);
  return {
    nowNs: () => threadNs() - offsetNs,
    utcMs: () => Date.now(),
    sleep: async (durationMs, signal) => {
      await delay(durationMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}
