import type { Clock } from '#harness/kernel/clock.ts';

import type { LoadCore } from '../core/load-core-options.ts';
import type { LoadEnd } from '../load-end.ts';
import { durationCounts } from './duration-counts.ts';
import type { SpinWindow } from './spin-window.ts';

/** Longest sleep in one go, so that time-outs and progress come through when nothing wakes the thread. */
const sleepNsMax = 50e6;
/** Less is not worth a system call. */
const sleepNsMin = 10_000;
const reportEveryNs = 100e6;
/** With this much time to the next instant a report disturbs nothing; after twice the interval it comes anyway. */
const quietNs = 500_000;
/** Later than this the thread was held up: answers that came meanwhile are heard before any is given up as lost. */
const heldUpNs = 1e6;
/** When the target takes nothing it is asked again after this, or at the next answer. */
const blockedSleepNs = 100_000;

/** A target hands over a few hundred answers in one go; those of the longest line come in so many. */
const collectTurnCountMax = 512;

/** How the thread of a pump waits and is woken. */
export interface PumpWait {
  /** Changes with every wake-up; taken before work is looked for, so that none is slept through. */
  readonly ticket: () => number;
  /**
   * Blocks the thread; returns at once when the ticket is out of date.
   *
   * @returns whether the whole duration passed
   */
  readonly sleep: (durationNs: number, ticket: number) => boolean;
  readonly isAborted: () => boolean;
}

/** What a pump works with. */
export interface PrecisePump {
  readonly core: LoadCore;
  readonly clock: Clock;
  readonly wait: PumpWait;
  readonly spin: SpinWindow;
  /** Hands answers that came from elsewhere to the core's sink; how many there were. */
  readonly collect?: () => number;
  /** Called at most every 100 ms, when there is time. */
  readonly onReport?: (nowNs: number) => void;
}

/** How a pump waited; what the sleeps overslept is the machine's doing. */
export interface PacingStatistics {
  /** Sleeps that ended by their time. */
  readonly sleepCount: number;
  readonly oversleepNsP50: number;
  readonly oversleepNsP99: number;
  readonly oversleepNsMax: number;
  /** The spin windows at the end, for sleeps below 1 ms, below 10 ms, and longer. */
  readonly spinWindowNs: readonly [number, number, number];
}

/** A load's end, and how its waiting went. */
export interface PumpedLoad {
  readonly end: LoadEnd;
  readonly pacing: PacingStatistics;
}

/** Comes nearer to the instant: sleeps until the spin window before it, or, inside the window, spins until it is there. */
type Waiter = (dueAtNs: number, ticket: number) => void;

function waiter(pump: PrecisePump, noteOversleep: (oversleepNs: number) => void): Waiter {
  const { clock, wait, spin } = pump;
  return (dueAtNs, ticket) => {
    let nowNs = clock.nowNs();
    const leftNs = dueAtNs - nowNs;
    const sleepNs = Math.min(leftNs - spin.windowNs(leftNs), sleepNsMax);
    if (sleepNs > sleepNsMin) {
      if (!wait.sleep(sleepNs, ticket)) return;
      const oversleepNs = clock.nowNs() - nowNs - sleepNs;
      spin.note(leftNs, oversleepNs);
      noteOversleep(oversleepNs);
      return;
    }
    while (nowNs < dueAtNs) nowNs = clock.nowNs();
  };
}

/** Calls `onReport` every 100 ms, preferably when nothing is due soon. */
function reporter(pump: PrecisePump): (nowNs: number, dueAtNs: number) => void {
  let reportAtNs = pump.clock.nowNs() + reportEveryNs;
  return (nowNs, dueAtNs) => {
    if (nowNs < reportAtNs) return;
    if (dueAtNs - nowNs < quietNs && nowNs < reportAtNs + reportEveryNs) return;
    reportAtNs = nowNs + reportEveryNs;
    pump.onReport?.(nowNs);
  };
}

/** Hears what waits, as far as it was there before: a device that goes on answering does not hold the load up. */
function collectWaiting(collect: PrecisePump['collect']): void {
  if (collect === undefined) return;
  for (let turn = 0; turn < collectTurnCountMax; turn += 1) if (collect() === 0) return;
}

function runToEnd(pump: PrecisePump, awaitInstant: Waiter): LoadEnd {
  const { core, clock, wait, collect } = pump;
  const report = reporter(pump);
  let dueAtNs = Number.NEGATIVE_INFINITY;
  let issuedCount = -1;
  for (;;) {
    const ticket = wait.ticket();
    if (wait.isAborted()) return core.abort();
    const nowNs = clock.nowNs();
    // What is due goes out before anything else is looked at.
    const onTime = nowNs >= dueAtNs && nowNs - dueAtNs < heldUpNs;
    if (!onTime) collectWaiting(collect);
    const end = core.poll(nowNs);
    if (end !== undefined) return end;
    const heardCount = collect === undefined ? 0 : collect();
    dueAtNs = core.dueAtNs();
    report(nowNs, dueAtNs);
    const issuedBefore = issuedCount;
    ({ issuedCount } = core.tally());
    if (heardCount > 0) continue;
    if (dueAtNs > nowNs) awaitInstant(dueAtNs, ticket);
    else if (issuedCount === issuedBefore) wait.sleep(blockedSleepNs, ticket);
  }
}

/**
 * Runs a load to its end on a thread of its own, which it blocks. Sleeps are inexact, so each ends a spin window
 * before the instant and the rest is spun. The core is polled between sleep and spin, with nothing due: what the issue
 * needs is in the processor's caches then. Nothing is allocated for a query.
 */
export function pumpPrecisely(pump: PrecisePump): PumpedLoad {
  const oversleeps = durationCounts();
  const end = runToEnd(pump, waiter(pump, oversleeps.add));
  const { spin } = pump;
  const pacing: PacingStatistics = {
    sleepCount: oversleeps.count(),
    oversleepNsP50: oversleeps.quantileNs(0.5),
    oversleepNsP99: oversleeps.quantileNs(0.99),
    oversleepNsMax: oversleeps.maxNs(),
    spinWindowNs: [spin.windowNs(0.5e6), spin.windowNs(5e6), spin.windowNs(50e6)],
  };
  return { end, pacing };
}
