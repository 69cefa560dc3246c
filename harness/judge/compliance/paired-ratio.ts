import { assert } from '#harness/kernel/assert.ts';

import { decideInterval, type Limits } from './decision.ts';
import { centralQuantile, centralShare } from './student-t.ts';

/** Beyond this many pairs an audit takes too long; quieter legs are the way then. */
const pairCountMax = 100;

/** A base leg and an audit leg that ran one after the other. */
export interface LegPair {
  /** What is compared of each leg, nanoseconds, above 0. */
  readonly baseNs: number;
  readonly auditNs: number;
  /** Which of the two ran first. */
  readonly baseFirst: boolean;
}

/** How much slower the audit legs are. */
export interface RatioEstimate {
  /** Geometric mean of audit over base, drift taken out. */
  readonly value: number;
  /** The interval at `confidence`. */
  readonly lower: number;
  readonly upper: number;
  readonly confidence: number;
  /** Two-sided, of the ratio being 1. */
  readonly pValue: number;
  readonly pairCount: number;
  /** Factor by which each leg is slower than the one before it; 1 when only one order was run. */
  readonly driftPerLeg: number;
  /** Standard deviation of one pair's log ratio. */
  readonly logDeviation: number;
}

/** A straight line through the log ratios: what the audit does, and what the order of the two legs does. */
interface Fit {
  readonly effect: number;
  readonly drift: number;
  readonly effectError: number;
  readonly deviation: number;
  readonly degrees: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Least squares of `ratio = effect + order * drift`, order being 1 when the base leg came first and -1 otherwise. */
function fitPairs(pairs: readonly LegPair[]): Fit | undefined {
  const logRatios = pairs.map(({ baseNs, auditNs }) => Math.log(auditNs / baseNs));
  const orders = pairs.map(({ baseFirst }) => (baseFirst ? 1 : -1));
  const [ratioMean, orderMean] = [mean(logRatios), mean(orders)];
  let [orderSquares, products] = [0, 0];
  for (const [place, order] of orders.entries()) {
    orderSquares += (order - orderMean) ** 2;
    products += (order - orderMean) * ((logRatios[place] ?? 0) - ratioMean);
  }
  const drift = orderSquares > 0 ? products / orderSquares : 0;
  const degrees = pairs.length - (orderSquares > 0 ? 2 : 1);
  if (degrees < 1) return undefined;
  const effect = ratioMean - drift * orderMean;
  let squares = 0;
  for (const [place, order] of orders.entries())
    squares += ((logRatios[place] ?? 0) - effect - order * drift) ** 2;
  const deviation = Math.sqrt(squares / degrees);
  const leverage = 1 / pairs.length + (orderSquares > 0 ? orderMean ** 2 / orderSquares : 0);
  return { effect, drift, effectError: deviation * Math.sqrt(leverage), deviation, degrees };
}

/**
 * The ratio of audit over base from pairs of legs, and its t-interval on the log scale. A drift that makes each leg
 * slower than the one before it by the same factor is fitted beside the ratio, from the pairs run in either order, and
 * neither moves nor widens it.
 *
 * @param confidence - two-sided, in 0 < c < 1
 * @returns undefined with too few pairs: fewer than 3, or 2 when all were run in the same order
 */
export function pairedRatio(
  pairs: readonly LegPair[],
  confidence: number,
): RatioEstimate | undefined {
  assert(
    pairs.every(({ baseNs, auditNs }) => baseNs > 0 && auditNs > 0),
    'legs that are compared took time',
  );
  const fit = pairs.length === 0 ? undefined : fitPairs(pairs);
  if (fit === undefined) return undefined;
  const { effect, effectError, degrees } = fit;
  const reach = centralQuantile(confidence, degrees) * effectError;
  const isExact = effectError === 0;
  const exactP = effect === 0 ? 1 : 0;
  return {
    value: Math.exp(effect),
    lower: Math.exp(effect - reach),
    upper: Math.exp(effect + reach),
    confidence,
    pValue: isExact ? exactP : Math.max(0, 1 - centralShare(effect / effectError, degrees)),
    pairCount: pairs.length,
    driftPerLeg: Math.exp(fit.drift),
    logDeviation: fit.deviation,
  };
}

/**
 * How many pairs would decide, if their noise and the ratio stay as they are: an even number above the present one.
 *
 * @returns undefined when more than 100 would be needed, or when it is decided
 */
export function pairsNeeded(estimate: RatioEstimate, limits: Limits): number | undefined {
  if (decideInterval(estimate, limits) !== 'inconclusive') return undefined;
  const least = estimate.pairCount + (estimate.pairCount % 2 === 0 ? 2 : 1);
  for (let pairCount = least; pairCount <= pairCountMax; pairCount += 2) {
    const quantile = centralQuantile(estimate.confidence, pairCount - 2);
    const reach = Math.exp((quantile * estimate.logDeviation) / Math.sqrt(pairCount));
    const interval = { lower: estimate.value / reach, upper: estimate.value * reach };
    if (decideInterval(interval, limits) !== 'inconclusive') return pairCount;
  }
  return undefined;
}
