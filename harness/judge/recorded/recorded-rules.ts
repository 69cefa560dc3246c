import type { Distribution } from '../load/distribution.ts';
import type { LoadSummary } from '../load/summarise-load.ts';
import { isJudgedByTokens, tokenOverCounts } from '../results/server-early-stopping.ts';
import { ruled, type NextSetting } from '../rules/rule-context.ts';
import { lowerRateWords, rateToTry } from '../rules/server-rate.ts';
import { earlyStoppingQueryCount, limitEarlyStopping } from '../statistics/early-stopping.ts';
import { percentileRank } from '../statistics/rank.ts';
import { recordedEarlyStopping, type LimitCounts } from './recorded-early-stopping.ts';
import type { RecordedRule } from './recorded-judgement.ts';
import type { RecordedSettings } from './recorded-settings.ts';

const margin = 1.1;
const queryCountMax = 1e9;

/** What the rules look at. */
export interface RecordedFacts {
  readonly summary: LoadSummary;
  readonly settings: RecordedSettings;
  readonly completedPerSecond: number | undefined;
}

/** A limit of a server load, and what was found. */
interface FoundLimit extends LimitCounts {
  readonly rule: string;
  readonly limitNs: number;
  readonly found: Distribution | undefined;
}

/** The limits that apply, time per token first. */
function limitsOf({ summary, settings }: RecordedFacts): FoundLimit[] {
  const { scenario, targetLatencyNs, ttftTargetNs, tpotTargetNs } = settings;
  if (scenario !== 'server') return [];
  if (!isJudgedByTokens(settings)) {
    if (targetLatencyNs === undefined) return [];
    const { queryCount, overLimitCount: overCount, latency: found } = summary;
    return [{ rule: 'latency-limit', limitNs: targetLatencyNs, found, queryCount, overCount }];
  }
  const counts = tokenOverCounts(summary);
  const { tokens } = summary;
  return [
    ...(tpotTargetNs === undefined
      ? []
      : [{ rule: 'tpot-limit', limitNs: tpotTargetNs, found: tokens?.tpot, ...counts.tpot }]),
    ...(ttftTargetNs === undefined
      ? []
      : [{ rule: 'ttft-limit', limitNs: ttftTargetNs, found: tokens?.ttft, ...counts.ttft }]),
  ];
}

/** sorted[floor(n * p)] is over the limit; what has no value is over it. */
function isOver({ queryCount, overCount }: LimitCounts, percentile: number): boolean {
  return queryCount === 0 || queryCount - overCount <= percentileRank(queryCount, percentile);
}

/** By the sheet: the last issue (streams), the last scheduled instant (server), the largest latency (offline). */
export function recordedDurationMs({ summary, settings }: RecordedFacts): number {
  const durationNs =
    settings.scenario === 'offline' ? (summary.latency?.maxNs ?? 0) : summary.lastScheduledAtNs;
  return durationNs / 1e6;
}

/** Queries for a proof if the share over the limit stays; undefined when no number within reach is enough. */
function provenCount(counts: LimitCounts, percentile: number): number | undefined {
  const { queryCount, overCount } = counts;
  if (queryCount === 0 || isOver(counts, percentile)) return undefined;
  for (let count = queryCount; count <= queryCountMax; count = Math.ceil(count * margin)) {
    const scaledOver = Math.ceil((overCount * count) / queryCount);
    if (limitEarlyStopping(percentile, { queryCount: count, overCount: scaledOver }).met)
      return count;
  }
  return undefined;
}

/** The number of queries that is enough for every rule about the length: one value for all of them. */
function enoughQueries(facts: RecordedFacts): NextSetting | undefined {
  const { summary, settings } = facts;
  const { scenario, targetPercentile, minDurationMs, minQueryCount } = settings;
  const durationMs = recordedDurationMs(facts);
  const isStream = scenario === 'single-stream' || scenario === 'multi-stream';
  const proven = limitsOf(facts).map((limit) => provenCount(limit, targetPercentile) ?? 0);
  const ofStream = isStream ? earlyStoppingQueryCount(targetPercentile) : 0;
  const isShort = durationMs < minDurationMs;
  if (isShort && durationMs <= 0) return undefined;
  const forDuration = isShort
    ? Math.ceil((summary.queryCount * minDurationMs * margin) / durationMs) + 1
    : 0;
  const value = Math.max(forDuration, minQueryCount, ofStream, ...proven);
  return { setting: 'minQueryCount', value };
}

function enoughWords(next: NextSetting | undefined): string {
  return next === undefined
    ? 'Nothing can be told from these queries: record a longer load.'
    : `Set minQueryCount to ${next.value}, and issue that many.`;
}

function lengthRules(facts: RecordedFacts): RecordedRule[] {
  const { summary, settings } = facts;
  const durationMs = recordedDurationMs(facts);
  const { queryCount } = summary;
  const next = enoughQueries(facts);
  const longerMs =
    queryCount === 0 || durationMs <= 0
      ? undefined
      : Math.ceil((durationMs * settings.minQueryCount * margin) / queryCount);
  return [
    stated({
      rule: 'min-duration',
      met: durationMs >= settings.minDurationMs,
      measured: durationMs,
      limit: settings.minDurationMs,
      unit: 'ms',
      advice: `The load was too short. ${enoughWords(next)}`,
      next,
    }),
    stated({
      rule: 'min-query-count',
      met: queryCount >= settings.minQueryCount,
      measured: queryCount,
      limit: settings.minQueryCount,
      unit: settings.scenario === 'offline' ? 'samples' : 'queries',
      advice: `Fewer were issued than asked for: ${longerMs === undefined ? 'record a longer load' : `the load that lasts long enough has minDurationMs ${longerMs}`}.`,
      ...(longerMs === undefined ? {} : { next: { setting: 'minDurationMs', value: longerMs } }),
    }),
  ];
}

function stated(finding: Parameters<typeof ruled>[0]): RecordedRule {
  const { kind: _kind, distance = 0, ...rule } = ruled(finding);
  return { ...rule, distance };
}

function answeredRule({ summary }: RecordedFacts): RecordedRule {
  const { failedCount, lostCount, duplicateCount, unknownCount } = summary;
  const measured = failedCount + lostCount + duplicateCount + unknownCount;
  return stated({
    rule: 'no-failed-queries',
    met: measured === 0,
    measured,
    limit: 0,
    unit: 'queries',
    advice: `${failedCount} failed, ${lostCount} without a completion, ${duplicateCount} duplicate, ${unknownCount} unknown: correct the cause first.`,
  });
}

function lowerRateOf(facts: RecordedFacts): NextSetting | undefined {
  const { summary, settings, completedPerSecond } = facts;
  const { ttftTargetNs, targetLatencyNs = 0, targetQps, targetPercentile } = settings;
  const serviceNs = summary.latency?.minNs ?? 0;
  const slackNs =
    ttftTargetNs === undefined
      ? targetLatencyNs - serviceNs
      : ttftTargetNs - (summary.tokens?.ttft?.minNs ?? 0);
  return rateToTry({
    targetQps,
    percentile: targetPercentile,
    serviceNs,
    slackNs,
    completedPerSecond,
  });
}

function limitRules(facts: RecordedFacts): RecordedRule[] {
  const { targetPercentile } = facts.settings;
  const next = lowerRateOf(facts);
  return limitsOf(facts).map((limit) => {
    const over = isOver(limit, targetPercentile);
    const atNs = limit.found?.at(targetPercentile) ?? 0;
    // Where the percentile falls on queries without a value, all that is known is that it is over the limit.
    const measuredNs = over && atNs <= limit.limitNs ? (limit.found?.maxNs ?? atNs) : atNs;
    return stated({
      rule: limit.rule,
      met: !over,
      measured: measuredNs / 1e6,
      limit: limit.limitNs / 1e6,
      unit: 'ms',
      advice: lowerRateWords(next),
      next,
    });
  });
}

function stoppingRule(facts: RecordedFacts): RecordedRule[] {
  const { summary, settings } = facts;
  const limits = limitsOf(facts);
  if (settings.scenario === 'offline') return [];
  if (settings.scenario === 'server' && limits.length === 0) return [];
  const { targetPercentile } = settings;
  const isAnyOver = limits.some((limit) => isOver(limit, targetPercentile));
  const { met, queriesNeeded } = recordedEarlyStopping(summary, settings);
  const next = isAnyOver ? lowerRateOf(facts) : enoughQueries(facts);
  const measured = settings.scenario === 'server' ? summary.queryCount : summary.completedCount;
  return [
    stated({
      rule: 'early-stopping-met',
      met,
      measured,
      limit: met ? measured : measured + queriesNeeded,
      unit: 'queries',
      advice: isAnyOver
        ? lowerRateWords(next)
        : `${queriesNeeded} more queries are needed, at least. ${enoughWords(next)}`,
      next,
    }),
  ];
}

/** The rules of the sheet, applied to recorded queries. */
export function recordedRules(facts: RecordedFacts): RecordedRule[] {
  return [...lengthRules(facts), answeredRule(facts), ...limitRules(facts), ...stoppingRule(facts)];
}
