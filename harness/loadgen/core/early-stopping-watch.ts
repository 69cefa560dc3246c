import { underLatencyCountNeeded } from '#harness/judge/statistics/early-stopping.ts';

import type { LoadTally } from './load-core-options.ts';

/** Early stopping of a server load while it runs. */
export interface EarlyStoppingWatch {
  /**
   * Whether going on can change nothing: enough queries ended for those over the limit, n >= h(t) + t; or the share over
   * the limit is that of the percentile or more, so that no number of queries would be enough as things stand. False
   * while nothing has ended.
   */
  readonly isSettled: (tally: Readonly<LoadTally>) => boolean;
}

/** Queries that have ended, with or without a completion. */
export function endedCount(tally: Readonly<LoadTally>): number {
  return tally.completedCount + tally.failedCount + tally.lostCount;
}

/** Searches h(t) only when the count may have reached it. */
export function earlyStoppingWatch(percentile: number): EarlyStoppingWatch {
  // h rises with t, so a count that was needed for fewer over the limit is needed for more.
  let neededCount = 1;
  let neededForOverCount = -1;
  return {
    isSettled: (tally) => {
      const queryCount = endedCount(tally);
      const { overLimitCount } = tally;
      if (queryCount === 0) return false;
      // Not as a share against 1 - percentile, which is no exact number.
      if (queryCount - overLimitCount <= percentile * queryCount) return true;
      if (queryCount < neededCount) return false;
      if (neededForOverCount !== overLimitCount) {
        neededForOverCount = overLimitCount;
        neededCount = underLatencyCountNeeded(percentile, overLimitCount) + overLimitCount;
      }
      return queryCount >= neededCount;
    },
  };
}
