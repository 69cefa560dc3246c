import {
  earlyStoppingQueryCount,
  underLatencyCountNeeded,
} from '#harness/judge/statistics/early-stopping.ts';

import type { LoadProgress } from '../load-end.ts';
import { endedCount } from './early-stopping-watch.ts';
import type { LoadState } from './load-state.ts';

const keptNs = 100e6;

/** Queries that early stopping still needs as things stand; undefined where it does not apply. */
function moreNeededCount(load: LoadState): number | undefined {
  const { options, tally } = load;
  const { percentile } = options.limits;
  switch (options.scenario) {
    case 'offline':
      return undefined;
    case 'single-stream':
    case 'multi-stream':
      return Math.max(0, earlyStoppingQueryCount(percentile) - tally.completedCount);
    case 'server': {
      const { overLimitCount } = tally;
      const needed = underLatencyCountNeeded(percentile, overLimitCount) + overLimitCount;
      return Math.max(0, needed - endedCount(tally));
    }
  }
}

/** The share of the minimum duration that is done: of timed, of scheduled or of elapsed time. */
function doneNs(load: LoadState): number {
  const { tally, startedAtNs } = load;
  switch (load.options.scenario) {
    case 'single-stream':
    case 'multi-stream':
      return tally.timedNs;
    case 'server':
      return tally.lastScheduledAtNs - startedAtNs;
    case 'offline':
      return load.latestNs - startedAtNs;
  }
}

function progressNow(load: LoadState): LoadProgress {
  const { minDurationMs, minQueryCount } = load.options.limits;
  const doneCount = load.tally.completedCount;
  const elapsedNs = doneNs(load);
  const byDuration = elapsedNs > 0 ? Math.ceil((minDurationMs * 1e6 * doneCount) / elapsedNs) : 0;
  const needed = moreNeededCount(load);
  const totalCount = Math.max(doneCount + (needed ?? 0), minQueryCount, byDuration);
  return { doneCount, totalCount, ...(needed === undefined ? {} : { moreNeededCount: needed }) };
}

/** How far the load is; reckoned at most every 100 ms, since early stopping is searched for. */
export function loadProgress(load: LoadState): () => LoadProgress {
  let kept: LoadProgress | undefined;
  let keptUntilNs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowNs = load.options.clock.nowNs();
    if (kept !== undefined && nowNs < keptUntilNs && load.phase !== 'ended') return kept;
    kept = progressNow(load);
    keptUntilNs = nowNs + keptNs;
    return kept;
  };
}
