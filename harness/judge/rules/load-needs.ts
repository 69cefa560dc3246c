import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { earlyStoppingQueryCount, limitEarlyStopping } from '../statistics/early-stopping.ts';
import { isAnyOver, overCountsOf, worstProof } from './limit-proofs.ts';
import type { NextSetting, RuleContext } from './rule-context.ts';

/** The next load gets a tenth more than computed, since it will not be exactly as fast. */
const marginTenths = 11;
const passMargin = 1.05;
const queryCountMax = 1e9;

function greatestCommonDivisor(first: number, second: number): number {
  return second === 0 ? first : greatestCommonDivisor(second, first % second);
}

/** Of equal issue the count of queries (offline: of samples) is a multiple of this; else of 1. */
export function equalIssueMultiple(settings: RunSettings): number {
  const { selection, scenario, order, samplesPerQuery = 1, performanceSampleCount } = settings;
  if (selection !== 'equal-issue') return 1;
  if (scenario !== 'multi-stream') return performanceSampleCount;
  return order === 'portable'
    ? performanceSampleCount / greatestCommonDivisor(performanceSampleCount, samplesPerQuery)
    : performanceSampleCount + samplesPerQuery - 1;
}

/** What the load's length is measured by, in milliseconds: see the rule `min-duration`. */
export function measuredDurationMs({ settings, results }: RuleContext): number {
  switch (settings.scenario) {
    case 'server':
      return (results.load?.lastScheduledAtNs ?? 0) / 1e6;
    case 'offline':
      return (results.latency?.maxNs ?? 0) / 1e6;
    case 'single-stream':
    case 'multi-stream':
    case 'find-peak':
      return (results.load?.timedNs ?? 0) / 1e6;
  }
}

/**
 * How many queries a server load needs for its proof if the share over the limit stays as it is.
 *
 * @returns undefined when no count within reach is enough
 */
function provenCount(context: RuleContext): number | undefined {
  const { percentile } = context.settings;
  const { queryCount, overCount } = worstProof(overCountsOf(context), percentile);
  // Without a limit there is nothing to prove, and what is over it is not proven by more queries.
  if (queryCount === 0 || isAnyOver(context)) return 0;
  return (
    countProven(percentile, { queryCount, overCount, spreads: 2 }) ??
    countProven(percentile, { queryCount, overCount, spreads: 0 })
  );
}

/** @param found - `spreads`: by how many standard deviations more queries may be over the limit next time */
function countProven(
  percentile: number,
  found: { readonly queryCount: number; readonly overCount: number; readonly spreads: number },
): number | undefined {
  const { queryCount, overCount, spreads } = found;
  for (let count = queryCount; count <= queryCountMax; count = withMargin(count)) {
    const scaled = (overCount * count) / queryCount;
    const pessimistic = Math.ceil(scaled + spreads * Math.sqrt(scaled));
    if (limitEarlyStopping(percentile, { queryCount: count, overCount: pessimistic }).met)
      return count;
  }
  return undefined;
}

function withMargin(value: number, step = 1): number {
  return Math.ceil((value * marginTenths) / 10 / step) * step;
}

/** How many queries the load needs for all its rules but its duration; undefined when no number is enough. */
function neededCount(context: RuleContext): number | undefined {
  const { settings, results } = context;
  const { scenario, minQueryCount, percentile } = settings;
  const isStream = scenario === 'single-stream' || scenario === 'multi-stream';
  const isProven = results.latency?.earlyStopping.met ?? false;
  const ofStream = isStream ? earlyStoppingQueryCount(percentile) : 0;
  const ofServer = scenario === 'server' && !isProven ? provenCount(context) : 0;
  return ofServer === undefined ? undefined : Math.max(minQueryCount, ofStream, ofServer);
}

/** As many as complete passes have; a little more may be needed, and then it is a whole pass more. */
function inCompletePasses(count: number, settings: RunSettings): number {
  const multiple = equalIssueMultiple(settings);
  return multiple === 1 ? count : Math.ceil((count * passMargin) / multiple) * multiple;
}

function hasSpentUniqueSamples({ settings, results }: RuleContext): boolean {
  const { selection, samplesPerQuery = 1, performanceSampleCount } = settings;
  const queryCount = results.load?.queryCount ?? 0;
  return (
    selection === 'unique' && queryCount >= Math.floor(performanceSampleCount / samplesPerQuery)
  );
}

/** An offline load that ended before its ceiling was as long as its samples. */
function endedBySamples(context: RuleContext): boolean {
  const { settings, results } = context;
  const queryCount = results.load?.queryCount ?? 0;
  return (
    settings.scenario === 'offline' &&
    queryCount >= settings.minQueryCount &&
    withMargin(measuredDurationMs(context)) < settings.maxDurationMs
  );
}

/** How much longer the load must be for every rule about its length; undefined when nothing can be told. */
function lengthFactor(context: RuleContext): number | undefined {
  const durationMs = measuredDurationMs(context);
  const queryCount = context.results.load?.queryCount ?? 0;
  const count = neededCount(context);
  if (durationMs <= 0 || queryCount <= 0 || count === undefined) return undefined;
  const forDuration = (queryCount * context.settings.minDurationMs) / durationMs;
  const passes = inCompletePasses(Math.max(count, forDuration), context.settings);
  return Math.max(1, passes / queryCount);
}

/**
 * The setting that makes the load long enough: one for all rules about its length, so that they never disagree. A
 * load goes on until it meets its minimum, is proven and has complete passes; it ends before only where its samples
 * are spent or at its ceiling of wall time.
 */
export function longerLoad(context: RuleContext): NextSetting | undefined {
  const { settings, results } = context;
  const factor = lengthFactor(context);
  if (factor === undefined) return undefined;
  if (hasSpentUniqueSamples(context)) {
    const value = withMargin(settings.performanceSampleCount * factor);
    return { setting: 'performanceSampleCount', value };
  }
  if (endedBySamples(context)) {
    const value = withMargin((results.load?.queryCount ?? 0) * factor);
    return { setting: 'minQueryCount', value };
  }
  // The last query may have gone on after the ceiling.
  const tookMs = Math.max(settings.maxDurationMs, measuredDurationMs(context));
  return { setting: 'maxDurationMs', value: withMargin(tookMs * factor, 1000) };
}

/** The words for `longerLoad`. */
export function longerLoadWords(context: RuleContext, next: NextSetting | undefined): string {
  const { queryDeadlineMs } = context.settings;
  if (next === undefined)
    return (context.results.load?.completedCount ?? 0) === 0
      ? `No query completed within ${queryDeadlineMs} ms: correct the cause of that first; the run log has it.`
      : 'No length within reach is enough: the share over the limit is too close to that of the percentile.';
  const because = {
    performanceSampleCount: 'Every sample was issued once and there are no more',
    minQueryCount: 'The samples were answered sooner',
    maxDurationMs: 'The load reached its ceiling of wall time',
  }[next.setting];
  return `${because ?? 'The load was too short'}: set ${next.setting} to ${next.value}.`;
}
