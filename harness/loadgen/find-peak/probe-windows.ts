import { assert, assertDefined } from '#harness/kernel/assert.ts';

/** Windows that a probe is cut into; at this many, neighbours are merged and windows are twice as long. */
export const probeWindowCountMax = 32;
/** With fewer, nothing is said about how late queries cluster or whether the latency is level. */
const windowCountMin = 8;
/** Windows at the beginning, in which queues fill, that say nothing about the level. */
const warmUpWindowCount = 2;
/**
 * Of independent windows the squares of the steps are about twice the squares about the mean, and less than this in
 * less than 1 of 100 cases; of a walk they are a small part.
 */
const levelRatio = 1;

/** A probe in constant memory: consecutive windows with the same number of queries, in the order they ended. */
export interface ProbeWindows {
  readonly queryCount: () => number;
  readonly overCount: () => number;
  /** Windows that are full. */
  readonly fullCount: () => number;
  /** Queries of a window, now. */
  readonly windowQueryCount: () => number;
  /** Adds queries that ended; no allocation. @param latencyNs - the sum of their latencies */
  readonly add: (queryCount: number, overCount: number, latencyNs: number) => void;
  /** Late queries of each full window. */
  readonly overCounts: () => Float64Array;
  /** Mean latency of each full window. */
  readonly latenciesNs: () => Float64Array;
}

/** Empty windows. @param firstWindowQueryCount - whole, at least 1 */
export function probeWindows(firstWindowQueryCount: number): ProbeWindows {
  assert(Number.isInteger(firstWindowQueryCount) && firstWindowQueryCount >= 1, 'a window holds');
  const queries = new Float64Array(probeWindowCountMax + 1);
  const overs = new Float64Array(probeWindowCountMax + 1);
  const sumsNs = new Float64Array(probeWindowCountMax + 1);
  const columns = [queries, overs, sumsNs];
  let windowQueryCount = firstWindowQueryCount;
  let fullCount = 0;
  let [allQueries, allOvers] = [0, 0];
  const merge = (): void => {
    for (const column of columns) {
      for (let pair = 0; pair < probeWindowCountMax / 2; pair += 1)
        column[pair] = (column[2 * pair] ?? 0) + (column[2 * pair + 1] ?? 0);
      column.fill(0, probeWindowCountMax / 2);
    }
    windowQueryCount *= 2;
    fullCount = probeWindowCountMax / 2;
  };
  return {
    queryCount: () => allQueries,
    overCount: () => allOvers,
    fullCount: () => fullCount,
    windowQueryCount: () => windowQueryCount,
    add: (queryCount, overCount, latencyNs) => {
      if (fullCount === probeWindowCountMax) merge();
      allQueries += queryCount;
      allOvers += overCount;
      const inWindow = (queries[fullCount] ?? 0) + queryCount;
      queries[fullCount] = inWindow;
      overs[fullCount] = (overs[fullCount] ?? 0) + overCount;
      sumsNs[fullCount] = (sumsNs[fullCount] ?? 0) + latencyNs;
      if (inWindow >= windowQueryCount) fullCount += 1;
    },
    overCounts: () => overs.slice(0, fullCount),
    latenciesNs: () =>
      sumsNs.slice(0, fullCount).map((sumNs, window) => sumNs / (queries[window] ?? 1)),
  };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function squaresAbout(values: Float64Array, center: number): number {
  let sum = 0;
  for (const value of values) sum += (value - center) ** 2;
  return sum;
}

/** Sum of the squares of the steps from each value to the next. */
function squaresOfSteps(values: Float64Array): number {
  let sum = 0;
  for (let at = 1; at < values.length; at += 1)
    sum += (assertDefined(values[at], 'in range') - assertDefined(values[at - 1], 'in range')) ** 2;
  return sum;
}

/**
 * How many late queries come together: the variance of their count per window over its mean, which is 1 when they are
 * independent; never less than 1.
 */
export function clusteringOf(windows: ProbeWindows): number {
  const counts = windows.overCounts();
  const mean = meanOf(counts);
  if (counts.length < windowCountMin || mean === 0) return 1;
  return Math.max(1, squaresAbout(counts, mean) / (counts.length - 1) / mean);
}

/** Until where a level must hold. */
export interface LevelLimits {
  readonly targetLatencyNs: number;
  /** Queries of a probe of full length. */
  readonly probeQueryCountMax: number;
}

/**
 * Whether what was seen so far is what would be seen later. At a rate a bit above the capacity the queue grows slowly,
 * and nothing is late at first. Two ways to pass: going on as it changed so far (its trend and twice the spread of
 * the trend), the mean latency stays within the limit until the probe has its full length and for as long again as it
 * took; or the means of the windows are independent of each other, so that the probe is long against the time in which
 * the queue forgets (von Neumann's ratio of steps to spread). False with fewer than 8 windows after the first 2.
 */
export function isLevel(windows: ProbeWindows, limits: LevelLimits): boolean {
  const means = windows.latenciesNs().subarray(warmUpWindowCount);
  const count = means.length;
  if (count < windowCountMin) return false;
  const half = Math.floor(count / 2);
  const steps = squaresOfSteps(means);
  const rise = (meanOf(means.subarray(count - half)) - meanOf(means.subarray(0, half))) / half;
  const stepSpread = Math.sqrt(steps / (count - 1) / count);
  const fullLength = limits.probeQueryCountMax / windows.windowQueryCount();
  const ahead = Math.max(fullLength - windows.fullCount(), count);
  const lastNs = meanOf(means.subarray(count - Math.ceil(count / 4)));
  const aheadNs = lastNs + (Math.max(0, rise) + 2 * stepSpread) * ahead;
  if (aheadNs <= limits.targetLatencyNs) return true;
  return steps >= levelRatio * squaresAbout(means, meanOf(means));
}
