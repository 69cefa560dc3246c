import type { LoadPlanSettings } from '../plan/load-plan-settings.ts';
import { boundedDraw } from './bounded-draw.ts';
import { concatenatedPermutations } from './concatenated-permutations.ts';
import { countingList } from './counting-list.ts';
import { libraryShuffle, skipLibraryShuffle } from './library-shuffle.ts';
import { listedPositions } from './listed-positions.ts';
import { mersenneTwister, type Draws } from './mersenne-twister.ts';
import { neighbours } from './neighbours.ts';
import type { SampleSource } from './sample-source.ts';
import { seedHalves } from './seed-halves.ts';

/** Lengths that rule how much is drawn in one pass over a set. */
interface PassSizes {
  /** Samples of the set, without padding. */
  readonly setLength: number;
  /** With the padding of multi-stream: a query that begins at the last sample still finds its neighbours. */
  readonly paddedLength: number;
  /** Positions 0, stride, 2 stride, … begin queries where each sample comes once. */
  readonly stride: number;
  /** Permutations that are drawn for equal issue, also where the selection is another. */
  readonly permutationCount: number;
}

/**
 * The set's length with the padding of multi-stream. Pure.
 *
 * @param setLength - without padding
 */
export function paddedSetLength(settings: LoadPlanSettings, setLength: number): number {
  return setLength + settings.samplesPerQuery - 1;
}

/**
 * The minimum of queries as the reference uses it: equal issue of single-stream raises it to what the hint promises for
 * twice the duration, and on to the next multiple of the set, which is never the count itself. Pure.
 */
export function raisedMinQueryCount(settings: LoadPlanSettings): number {
  const { scenario, selection, minQueryCount, minDurationMs, performanceSampleCount } = settings;
  if (scenario !== 'single-stream' || selection !== 'equal-issue') return minQueryCount;
  const promised = Math.floor(2 * (minDurationMs / 1000) * settings.qps);
  const least = Math.max(minQueryCount, promised);
  return least + performanceSampleCount - (least % performanceSampleCount);
}

/** Queries a pass needs at least, before equal issue pads them. Pure. */
export function leastQueryCount(settings: LoadPlanSettings, setLength: number): number {
  const { scenario, mode, selection, samplesPerQuery } = settings;
  if (scenario === 'offline') return 1;
  if (mode === 'accuracy' || selection === 'unique')
    return Math.floor(paddedSetLength(settings, setLength) / samplesPerQuery);
  return raisedMinQueryCount(settings);
}

function passSizes(settings: LoadPlanSettings, setLength: number): PassSizes {
  const paddedLength = paddedSetLength(settings, setLength);
  return {
    setLength,
    paddedLength,
    stride: settings.samplesPerQuery,
    permutationCount: Math.ceil(leastQueryCount(settings, setLength) / paddedLength),
  };
}

/** Every stride-th position, shuffled. */
function shuffledStarts({ setLength, stride }: PassSizes, draws: Draws): Uint32Array {
  const starts = countingList(setLength, stride);
  libraryShuffle(starts, draws.next);
  return starts;
}

function skipStarts({ setLength, stride }: PassSizes, draws: Draws): void {
  skipLibraryShuffle(Math.ceil(setLength / stride), draws.next);
}

function skipPermutations({ paddedLength, permutationCount }: PassSizes, draws: Draws): void {
  for (let i = 0; i < permutationCount; i += 1) skipLibraryShuffle(paddedLength, draws.next);
}

/** Where each query of a stream or of server begins; leaves the draws where the next part of the pass needs them. */
function positionsOf(settings: LoadPlanSettings, sizes: PassSizes, draws: Draws): () => number {
  const { mode, selection, scenario, sameIndex } = settings;
  const listsStarts =
    mode === 'accuracy' && (selection === 'normal' || selection === 'equal-issue');
  const accuracyStarts = listsStarts ? shuffledStarts(sizes, draws) : undefined;
  if (mode === 'accuracy' && accuracyStarts === undefined) skipStarts(sizes, draws);
  if (selection === 'unique') return listedPositions(shuffledStarts(sizes, draws));
  if (selection === 'same') return () => sameIndex;
  skipStarts(sizes, draws);
  // Multi-stream pads its count for equal issue, yet keeps the positions of a normal load.
  if (selection === 'equal-issue' && scenario !== 'multi-stream')
    return concatenatedPermutations(draws, sizes.paddedLength, sizes.permutationCount);
  if (accuracyStarts !== undefined) return listedPositions(accuracyStarts);
  skipPermutations(sizes, draws);
  return () => boundedDraw(draws.next, sizes.setLength);
}

/** The set again and again; in equal issue each time shuffled anew from the set's own order. */
function offlineSamples(settings: LoadPlanSettings, set: Uint32Array, draws: Draws): SampleSource {
  const { selection, sameIndex } = settings;
  if (selection === 'same') return neighbours(set, 1, () => sameIndex);
  if (selection === 'unique') return neighbours(set, 1, listedPositions(countingList(set.length)));
  const repeat = set.slice();
  let at = selection === 'equal-issue' ? set.length : 0;
  const nextSample: SampleSource['take'] = (samples, into) => {
    if (at === set.length) {
      at = 0;
      if (selection === 'equal-issue') {
        repeat.set(set);
        libraryShuffle(repeat, draws.next);
      }
    }
    samples[into] = repeat[at] ?? 0;
    at += 1;
    return true;
  };
  return { unitLength: 1, take: nextSample };
}

/**
 * The order of the field's reference load generator in one pass over a loaded set, as GCC's C++ library makes it. It
 * goes on where the reference would have run out of queries.
 *
 * What must be drawn before the first query: shuffles of the set's positions and, but for equal issue of single-stream
 * and server, `minQueryCount` positions rounded up to whole sets: some 50 ms for 10 million.
 *
 * @param set - the loaded set, without padding
 * @see harness/docs/sample-order.md
 */
export function referenceOrder(settings: LoadPlanSettings, set: Uint32Array): SampleSource {
  const draws = mersenneTwister(seedHalves(settings.seeds.sampleIndex).low);
  const sizes = passSizes(settings, set.length);
  if (settings.scenario !== 'offline')
    return neighbours(set, settings.samplesPerQuery, positionsOf(settings, sizes, draws));
  if (settings.selection === 'equal-issue') {
    if (settings.mode === 'accuracy') skipStarts(sizes, draws);
    skipStarts(sizes, draws);
    skipPermutations(sizes, draws);
  }
  return offlineSamples(settings, set, draws);
}
