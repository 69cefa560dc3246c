import { holdingLoad } from '../statistics/queue-wait.ts';
import type { NextSetting, RuleContext } from './rule-context.ts';

/** Of the share that may be over the limit: so few that it is soon proven. */
const overShareAimed = 0.25;
/** Of a rate that did not hold, although it should have. */
const lowerShare = 0.8;

/** Rounded down to three digits, so that it can be typed. */
function threeDigits(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 2);
  return step >= 1 ? Math.floor(value / step) * step : Math.floor(value * (1 / step)) / (1 / step);
}

/** The tightest of the limits on waiting: what a query may take beyond the fastest one. */
function waitNsMax(context: RuleContext): number {
  const { settings, results } = context;
  const { ttftTargetNs, targetLatencyNs } = settings;
  if (ttftTargetNs !== undefined) return ttftTargetNs - (results.tokens?.ttft.minNs ?? 0);
  return (targetLatencyNs ?? 0) - (results.latency?.minNs ?? 0);
}

/** What a lower rate is worked out from. */
export interface RateFacts {
  readonly targetQps: number | undefined;
  /** In 0 < p < 1. */
  readonly percentile: number;
  /** The latency of the fastest query. */
  readonly serviceNs: number;
  /** What a query may wait beyond it. */
  readonly slackNs: number;
  readonly completedPerSecond: number | undefined;
}

/**
 * The rate to try next when the limits do not hold: what the device seems to be able to do, less what random arrivals
 * need when it answers one query after the other. A search for the peak finds it exactly.
 *
 * @returns undefined when even the fastest query is over the limit: no rate helps
 */
export function rateToTry(facts: RateFacts): NextSetting | undefined {
  const { targetQps, percentile, serviceNs, slackNs, completedPerSecond = 0 } = facts;
  if (targetQps === undefined || serviceNs <= 0 || slackNs <= 0) return undefined;
  const capacityQps = Math.max(completedPerSecond, 1e9 / serviceNs);
  const overShare = overShareAimed * (1 - percentile);
  const holdingQps = capacityQps * holdingLoad(slackNs / serviceNs, overShare);
  return { setting: 'targetQps', value: threeDigits(Math.min(holdingQps, lowerShare * targetQps)) };
}

/** Completed queries over the time in which they did; of an overloaded load too, whose last queries had no answer. */
function answeredPerSecond({ results }: RuleContext): number | undefined {
  const { load, latency } = results;
  if (load === undefined || latency === undefined) return undefined;
  const spanNs = load.lastScheduledAtNs + latency.maxNs;
  return spanNs > 0 ? (load.completedCount * 1e9) / spanNs : undefined;
}

/** `rateToTry` of a server load: one for all its rules. */
export function lowerRate(context: RuleContext): NextSetting | undefined {
  const { settings, results } = context;
  const completedPerSecond = results.load?.completedPerSecond ?? answeredPerSecond(context);
  const minNs = results.latency?.minNs ?? 0;
  return rateToTry({
    targetQps: settings.targetQps,
    percentile: settings.percentile,
    // Where all queries waited, the fastest one says how long they waited; the rate says how long one takes.
    serviceNs: completedPerSecond === undefined ? minNs : Math.min(minNs, 1e9 / completedPerSecond),
    slackNs: waitNsMax(context),
    completedPerSecond,
  });
}

/** The words for `lowerRate`. */
export function lowerRateWords(next: NextSetting | undefined): string {
  return next === undefined
    ? 'No query completed within the limit, so no rate can be advised: either none completed, or the device is too slow for it.'
    : `The device does not hold this rate: set targetQps to ${next.value}, or search the highest rate with scenario find-peak.`;
}
