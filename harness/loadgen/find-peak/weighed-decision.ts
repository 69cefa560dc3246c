import type { ProbeCounts, ProbeDecision } from '#harness/judge/peak/probe-decision.ts';
import { binomialCdf } from '#harness/judge/statistics/binomial-cdf.ts';

/** What a probe has counted, and how much its counts are worth. */
export interface WeighedCounts extends ProbeCounts {
  /** In 0 < p < 1: this share of the queries must be within the limit. */
  readonly percentile: number;
  /** How often a decision may be wrong. */
  readonly errorProbability: number;
  /**
   * How many late queries come together, at least 1: late queries that one stall made are one piece of evidence, not
   * many. `clusteringOf` of probe-windows.ts.
   */
  readonly clustering: number;
  /** False: the latency is still growing, or wanders, so what was seen is not what would be seen. */
  readonly isLevel: boolean;
}

/**
 * As `probeDecision`, for queries that are not independent of each other: counts are divided by the clustering, which
 * makes both proofs stricter, and a rate holds only when the latency is level. Pure.
 */
export function weighedDecision(counts: WeighedCounts): ProbeDecision {
  const { percentile, errorProbability, clustering } = counts;
  const trialCount = Math.floor(counts.queryCount / clustering);
  if (trialCount === 0) return 'undecided';
  const trials = { trialCount, hitProbability: 1 - percentile };
  const atMost = Math.ceil(counts.overCount / clustering);
  if (binomialCdf(atMost, trials) <= errorProbability)
    return counts.isLevel ? 'holds' : 'undecided';
  const atLeast = Math.floor(counts.overCount / clustering);
  if (atLeast === 0) return 'undecided';
  return 1 - binomialCdf(atLeast - 1, trials) <= errorProbability ? 'breaks' : 'undecided';
}
