import { assert } from '#harness/kernel/assert.ts';

import { exactSum } from '../statistics/exact-sum.ts';
import { rankFinder } from '../statistics/rank-finder.ts';
import { percentileRank } from '../statistics/rank.ts';

/** What is known of a quantity of a load, in whole nanoseconds. */
export interface Distribution {
  readonly count: number;
  readonly sumNs: bigint;
  /** The sum over the count, rounded once. */
  readonly meanNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  /** sorted[rank]; one of the ranks that were asked for. */
  readonly atRank: (rank: number) => number;
  /** sorted[floor(n * p)]; one of the percentiles that were asked for. */
  readonly at: (percentile: number) => number;
}

/** A distribution that is being found, pass by pass. */
export interface DistributionFinder {
  readonly add: (values: Float64Array, count: number) => void;
  /** Ends a pass; the first one with the ranks that are wanted of so many values. */
  readonly endPass: (ranksOf: (count: number) => Iterable<number>) => void;
  readonly isDone: () => boolean;
  /** @returns undefined when there was no value */
  readonly found: () => Distribution | undefined;
}

/** The quotient of two whole numbers to 53 bits, which dividing as doubles misses when the sum is above 2^53. */
function quotient(sum: bigint, count: number): number {
  const whole = sum / BigInt(count);
  return Number(whole) + Number(sum % BigInt(count)) / count;
}

/** Begins the first pass. */
export function distributionFinder(): DistributionFinder {
  const ranks = rankFinder();
  const sum = exactSum();
  let [minNs, maxNs] = [Number.POSITIVE_INFINITY, 0];
  let isFirst = true;
  const addFirst = (values: Float64Array, count: number): void => {
    sum.add(values, count);
    for (let at = 0; at < count; at += 1) {
      const value = values[at] ?? 0;
      if (value < minNs) minNs = value;
      if (value > maxNs) maxNs = value;
    }
  };
  return {
    add: (values, count) => {
      if (isFirst) addFirst(values, count);
      ranks.add(values, count);
    },
    endPass: (ranksOf) => {
      if (isFirst) ranks.want(ranks.count() === 0 ? [] : ranksOf(ranks.count()));
      else ranks.endPass();
      isFirst = false;
    },
    isDone: ranks.isDone,
    found: () => {
      assert(ranks.isDone(), 'a distribution is read when its last pass has ended');
      const count = ranks.count();
      if (count === 0) return undefined;
      const sumNs = sum.total();
      return {
        count,
        sumNs,
        meanNs: quotient(sumNs, count),
        minNs,
        maxNs,
        atRank: ranks.valueAt,
        at: (percentile) => ranks.valueAt(percentileRank(count, percentile)),
      };
    },
  };
}
