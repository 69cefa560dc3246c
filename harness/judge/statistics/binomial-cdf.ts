/** A number of trials and the chance of each. */
export interface BinomialTrials {
  /** Whole, 0..1e8. */
  readonly trialCount: number;
  /** Chance of a hit, in 0 < p < 1. */
  readonly hitProbability: number;
}

const seriesFromCount = 16;
/** Terms below this share of the sum no longer change it. */
const negligibleShare = 1e-18;

/** ln(n!) - ln(sqrt(2 pi n) (n/e)^n): what Stirling's formula misses. @param count - whole, at least 1 */
function stirlingError(count: number): number {
  if (count < seriesFromCount) {
    let factorial = 1;
    for (let factor = 2; factor <= count; factor += 1) factorial *= factor;
    return (
      Math.log(factorial) - 0.5 * Math.log(2 * Math.PI * count) - count * Math.log(count) + count
    );
  }
  const square = count * count;
  return (
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) /
    count
  );
}

/** x ln(x/m) + m - x without cancellation when x is near m. */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let odd = 3; odd < 1000; odd += 2) {
    power *= v * v;
    const next = sum + power / odd;
    if (next === sum) return next;
    sum = next;
  }
  return sum;
}

/**
 * The chance of exactly `hitCount` hits, to about 15 digits up to 1e8 trials.
 *
 * @see Loader, Fast and Accurate Computation of Binomial Probabilities (2000)
 */
function binomialProbability(hitCount: number, trials: BinomialTrials): number {
  const { trialCount, hitProbability } = trials;
  const missCount = trialCount - hitCount;
  if (hitCount === 0) return Math.exp(trialCount * Math.log1p(-hitProbability));
  if (missCount === 0) return Math.exp(trialCount * Math.log(hitProbability));
  const exponent =
    stirlingError(trialCount) -
    stirlingError(hitCount) -
    stirlingError(missCount) -
    deviance(hitCount, trialCount * hitProbability) -
    deviance(missCount, trialCount * (1 - hitProbability));
  const spread = (2 * Math.PI * hitCount * missCount) / trialCount;
  return Math.exp(exponent) / Math.sqrt(spread);
}

/** P[X <= hitCount] below the mean, where the terms fall off towards 0 hits; a sum of positive terms only. */
function lowerTail(hitCount: number, trials: BinomialTrials): number {
  const odds = (1 - trials.hitProbability) / trials.hitProbability;
  let term = 1;
  let sum = 1;
  for (let hits = hitCount; hits > 0 && term > sum * negligibleShare; hits -= 1) {
    term *= (hits / (trials.trialCount - hits + 1)) * odds;
    sum += term;
  }
  return binomialProbability(hitCount, trials) * sum;
}

/**
 * P[Binomial(n, q) <= t], which is the regularised incomplete beta function I_(1-q)(n - t, t + 1).
 * Its time grows with the square root of the number of trials: about 0.1 ms at 1e7.
 *
 * @param hitCount - t, whole, at least 0
 */
export function binomialCdf(hitCount: number, trials: BinomialTrials): number {
  const { trialCount, hitProbability } = trials;
  if (hitCount >= trialCount) return 1;
  if (hitCount <= trialCount * hitProbability) return lowerTail(hitCount, trials);
  return (
    1 - lowerTail(trialCount - hitCount - 1, { trialCount, hitProbability: 1 - hitProbability })
  );
}
