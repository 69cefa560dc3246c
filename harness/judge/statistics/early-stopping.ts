import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { binomialCdf } from './binomial-cdf.ts';

/** 1 - confidence: how often the estimate may be too low. */
const errorProbability = 0.01;

/** The smallest whole number from `from` on that holds; `holds` must stay true once it is. */
function smallestHolding(from: number, holds: (count: number) => boolean): number {
  let step = 1;
  while (!holds(from + step - 1)) step *= 2;
  let [low, high] = [from + Math.floor(step / 2), from + step - 1];
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** Whether n queries of which t are over the latency prove, at 99 %, that the share `percentile` lies under it. */
function proves(percentile: number, queryCount: number, overCount: number): boolean {
  const trials = { trialCount: queryCount, hitProbability: 1 - percentile };
  return binomialCdf(overCount, trials) <= errorProbability;
}

/**
 * h(t): the fewest queries under the latency that are needed when `overCount` are over it.
 *
 * @param percentile - in 0 < p < 1: 0.9
 * @param overCount - t, whole, at least 0
 * @see protocol sheet "load generation", section 1, early stopping: confidence 0.99, tolerance 0
 */
export function underLatencyCountNeeded(percentile: number, overCount: number): number {
  assert(percentile > 0 && percentile < 1, 'a percentile lies between 0 and 1');
  // Below it t is not less than the mean, so that a chance of 0.01 is out of reach.
  const least = Math.max(1, Math.floor((overCount * percentile) / (1 - percentile)) - 1);
  return smallestHolding(least, (underCount) =>
    proves(percentile, underCount + overCount, overCount),
  );
}

/** How many completed queries a single stream needs before a latency can be stated: h(1) + 1, 64 for 0.9. */
export function earlyStoppingQueryCount(percentile: number): number {
  return underLatencyCountNeeded(percentile, 1) + 1;
}

/**
 * The largest t with n >= h(t) + t: the t-th largest latency is the one to state.
 *
 * @returns undefined when even t = 1 needs more queries
 */
export function earlyStoppingOverCount(percentile: number, queryCount: number): number | undefined {
  assert(percentile > 0 && percentile < 1, 'a percentile lies between 0 and 1');
  if (queryCount < 2 || !proves(percentile, queryCount, 1)) return undefined;
  return smallestHolding(1, (overCount) => !proves(percentile, queryCount, overCount)) - 1;
}

/** What early stopping says of a single stream. */
export interface EarlyStopping {
  readonly percentile: number;
  readonly met: boolean;
  /** The latency that holds for the percentile at 99 % confidence; null when not met. */
  readonly latencyNs: number | null;
  /** How many more queries were needed; 0 when met. */
  readonly queriesNeeded: number;
}

/**
 * Early stopping of a load with a latency limit: whether it is proven that the percentile lies under the limit.
 *
 * @param queryCount - n, of all queries
 * @param overCount - t, of those over the limit
 */
export function limitEarlyStopping(
  percentile: number,
  { queryCount, overCount }: { readonly queryCount: number; readonly overCount: number },
): EarlyStopping {
  const neededCount = underLatencyCountNeeded(percentile, overCount) + overCount;
  const queriesNeeded = Math.max(0, neededCount - queryCount);
  return { percentile, met: queriesNeeded === 0, latencyNs: null, queriesNeeded };
}

/**
 * Early stopping of a stream whose latencies are not held.
 *
 * @param atRank - sorted[rank] of the completed queries
 */
export function streamEarlyStopping(
  percentile: number,
  queryCount: number,
  atRank: (rank: number) => number,
): EarlyStopping {
  const overCount = earlyStoppingOverCount(percentile, queryCount);
  if (overCount === undefined) {
    const queriesNeeded = earlyStoppingQueryCount(percentile) - queryCount;
    return { percentile, met: false, latencyNs: null, queriesNeeded };
  }
  return { percentile, met: true, latencyNs: atRank(queryCount - overCount), queriesNeeded: 0 };
}

/**
 * The early-stopping estimate of a single stream.
 *
 * @param sortedNs - latencies of the completed queries in nanoseconds, ascending; not changed
 * @param percentile - in 0 < p < 1
 */
export function earlyStopping(sortedNs: Float64Array, percentile: number): EarlyStopping {
  return streamEarlyStopping(percentile, sortedNs.length, (rank) =>
    assertDefined(sortedNs[rank], 'a rank below n'),
  );
}
