import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { bucketLow, bucketOfHighWord, topBitsBucketCount, wordsOfValues } from './top-bits.ts';

/**
 * Finds values at ranks of a quantity of any length in constant memory: the values are shown again and again, in any
 * order, until every rank is known. First pass: a histogram over the top bits of the values. Each further pass looks
 * only at those ranges that hold a wanted rank: it collects and sorts them when they are few, else divides them.
 * Usually two passes. The result is exact.
 */
export interface RankFinder {
  /**
   * Shows values of the running pass.
   *
   * @param values - the first `count` are whole numbers 0 <= v < 2^53
   */
  readonly add: (values: Float64Array, count: number) => void;
  /** Says which ranks are wanted, from 0 in ascending order; ends the first pass. */
  readonly want: (ranks: Iterable<number>) => void;
  /** Ends a further pass. */
  readonly endPass: () => void;
  /** Values shown in the first pass. */
  readonly count: () => number;
  /** Whether every wanted rank is known. */
  readonly isDone: () => boolean;
  /** @throws AssertionFailure when the rank was not wanted, or is not known yet */
  readonly valueAt: (rank: number) => number;
}

/** How many values are collected and sorted at once: 8 MB. */
const collectedCountMax = 1 << 20;
/** Counters of a dividing pass, of all ranges together: 16 MB. */
const counterCountMax = 1 << 22;
const partCountMax = 1 << 16;

/** Values low <= v < high that hold wanted ranks. */
interface Range {
  readonly low: number;
  readonly high: number;
  /** Values below it. */
  readonly belowCount: number;
  readonly count: number;
  readonly ranks: readonly number[];
}

/** One look at all values. */
interface Pass {
  readonly add: (values: Float64Array, count: number) => void;
  /** What is still open after it. */
  readonly end: () => Range[];
}

type Settle = (rank: number, value: number) => void;

/** The parts that hold wanted ranks; a part of one whole number is settled at once. */
function wantedParts(
  whole: Pick<Range, 'belowCount' | 'ranks'>,
  parts: { readonly counts: Uint32Array; readonly lowOf: (part: number) => number },
  settle: Settle,
): Range[] {
  const open: Range[] = [];
  const { ranks } = whole;
  let { belowCount } = whole;
  let next = 0;
  for (let part = 0; part < parts.counts.length && next < ranks.length; part += 1) {
    const count = parts.counts[part] ?? 0;
    const end = belowCount + count;
    const first = next;
    while (next < ranks.length && (ranks[next] ?? end) < end) next += 1;
    if (next > first) {
      const [low, high] = [parts.lowOf(part), parts.lowOf(part + 1)];
      const inside = ranks.slice(first, next);
      if (high - low <= 1) for (const rank of inside) settle(rank, Math.ceil(low));
      else open.push({ low, high, belowCount, count, ranks: inside });
    }
    belowCount = end;
  }
  assert(next === ranks.length, 'every wanted rank is below the number of values');
  return open;
}

/** Finds the range of a value: by its bucket, then by halves among the ranges of that bucket. */
function rangeIndex(ranges: readonly Range[]): (value: number, highWord: number) => number {
  const lows = Float64Array.from(ranges, ({ low }) => low);
  const highs = Float64Array.from(ranges, ({ high }) => high);
  const firstOf = new Int32Array(topBitsBucketCount).fill(-1);
  const endOf = new Int32Array(topBitsBucketCount);
  for (const [place, { low }] of ranges.entries()) {
    const bucket = bucketOfHighWord(wordsOfValues(Float64Array.of(low))[1] ?? 0);
    if (firstOf[bucket] === -1) firstOf[bucket] = place;
    endOf[bucket] = place + 1;
  }
  return (value, highWord) => {
    const bucket = bucketOfHighWord(highWord);
    let from = firstOf[bucket] ?? -1;
    if (from < 0) return -1;
    let to = endOf[bucket] ?? 0;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if ((lows[middle] ?? 0) <= value) from = middle;
      else to = middle;
    }
    return value >= (lows[from] ?? 0) && value < (highs[from] ?? 0) ? from : -1;
  };
}

function collectingPass(ranges: readonly Range[], settle: Settle): Pass {
  const indexOf = rangeIndex(ranges);
  const starts = new Int32Array(ranges.length);
  let total = 0;
  for (const [place, { count }] of ranges.entries()) {
    starts[place] = total;
    total += count;
  }
  const ends = starts.slice();
  const kept = new Float64Array(total);
  return {
    add: (values, count) => {
      const words = wordsOfValues(values);
      for (let at = 0; at < count; at += 1) {
        const value = values[at] ?? 0;
        const place = indexOf(value, words[2 * at + 1] ?? 0);
        if (place < 0) continue;
        const end = ends[place] ?? 0;
        kept[end] = value;
        ends[place] = end + 1;
      }
    },
    end: () => {
      for (const [place, { belowCount, count, ranks }] of ranges.entries()) {
        const start = starts[place] ?? 0;
        assert(ends[place] === start + count, 'every pass shows the same values');
        const sorted = kept.subarray(start, start + count).toSorted();
        for (const rank of ranks)
          settle(rank, assertDefined(sorted[rank - belowCount], 'a rank inside of its range'));
      }
      return [];
    },
  };
}

function dividingPass(ranges: readonly Range[], settle: Settle): Pass {
  const indexOf = rangeIndex(ranges);
  const affordable = Math.floor(counterCountMax / ranges.length);
  const partCount = 2 ** Math.floor(Math.log2(Math.max(2, Math.min(partCountMax, affordable))));
  const widths = Float64Array.from(ranges, ({ low, high }) =>
    Math.max(1, 2 ** Math.ceil(Math.log2((high - low) / partCount))),
  );
  const lows = Float64Array.from(ranges, ({ low }) => low);
  const counts = new Uint32Array(ranges.length * partCount);
  return {
    add: (values, count) => {
      const words = wordsOfValues(values);
      for (let at = 0; at < count; at += 1) {
        const value = values[at] ?? 0;
        const place = indexOf(value, words[2 * at + 1] ?? 0);
        if (place < 0) continue;
        const part = Math.floor((value - (lows[place] ?? 0)) / (widths[place] ?? 1));
        const counter = place * partCount + part;
        counts[counter] = (counts[counter] ?? 0) + 1;
      }
    },
    end: () =>
      ranges.flatMap((range, place) => {
        const width = widths[place] ?? 1;
        return wantedParts(
          range,
          {
            counts: counts.subarray(place * partCount, (place + 1) * partCount),
            lowOf: (part) => range.low + part * width,
          },
          settle,
        );
      }),
  };
}

function nextPass(ranges: readonly Range[], settle: Settle): Pass {
  const keptCount = ranges.reduce((sum, { count }) => sum + count, 0);
  return keptCount <= collectedCountMax
    ? collectingPass(ranges, settle)
    : dividingPass(ranges, settle);
}

/** A finder whose first pass begins. */
export function rankFinder(): RankFinder {
  const counts = new Uint32Array(topBitsBucketCount);
  const known = new Map<number, number>();
  const settle: Settle = (rank, value) => known.set(rank, value);
  let count = 0;
  let open: Range[] | undefined;
  let pass: Pass | undefined;
  const addToHistogram = (values: Float64Array, addedCount: number): void => {
    const words = wordsOfValues(values);
    for (let at = 0; at < addedCount; at += 1) {
      const bucket = bucketOfHighWord(words[2 * at + 1] ?? 0);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    count += addedCount;
  };
  return {
    add: (values, addedCount) => {
      if (open === undefined) addToHistogram(values, addedCount);
      else pass?.add(values, addedCount);
    },
    want: (ranks) => {
      const ascending = [...new Set(ranks)].toSorted((left, right) => left - right);
      const parts = { counts, lowOf: bucketLow };
      open = wantedParts({ belowCount: 0, ranks: ascending }, parts, settle);
      pass = open.length > 0 ? nextPass(open, settle) : undefined;
    },
    endPass: () => {
      if (pass === undefined) return;
      open = pass.end();
      pass = open.length > 0 ? nextPass(open, settle) : undefined;
    },
    count: () => count,
    isDone: () => open !== undefined && open.length === 0,
    valueAt: (rank) => assertDefined(known.get(rank), 'a rank that was wanted and found'),
  };
}

/**
 * The values at these ranks of a quantity of any length, exactly, in constant memory.
 *
 * @param scan - shows every value, in any order; called two or three times
 * @param ranksOf - the ranks wanted of so many values, from 0 in ascending order
 * @returns by rank
 */
export function valuesAtRanks(
  scan: (show: (values: Float64Array, count: number) => void) => void,
  ranksOf: (count: number) => Iterable<number>,
): ReadonlyMap<number, number> {
  const finder = rankFinder();
  scan(finder.add);
  const ranks = [...ranksOf(finder.count())];
  finder.want(ranks);
  while (!finder.isDone()) {
    scan(finder.add);
    finder.endPass();
  }
  return new Map(ranks.map((rank) => [rank, finder.valueAt(rank)]));
}
