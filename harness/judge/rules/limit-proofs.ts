import { isJudgedByTokens } from '../results/server-early-stopping.ts';
import { limitEarlyStopping, type EarlyStopping } from '../statistics/early-stopping.ts';
import { percentileRank } from '../statistics/rank.ts';
import type { RuleContext } from './rule-context.ts';

/** Queries of a server load against one limit. */
export interface OverCount {
  readonly rule: 'latency-limit' | 'ttft-limit' | 'tpot-limit';
  readonly limitNs: number;
  /** The percentile of those that have the quantity; undefined when none has. */
  readonly atPercentileNs: number | undefined;
  readonly queryCount: number;
  /** Over the limit, or without what it is about. */
  readonly overCount: number;
}

function tpotCounts({ settings, results }: RuleContext): OverCount[] {
  const { tokens, load } = results;
  const all = load?.queryCount ?? 0;
  if (settings.tpotTargetNs === undefined) return [];
  return [
    {
      rule: 'tpot-limit',
      limitNs: settings.tpotTargetNs,
      atPercentileNs: tokens?.tpotAtPercentileNs,
      queryCount: tokens?.tpotQueryCount ?? all,
      overCount: tokens?.tpotOverCount ?? all,
    },
  ];
}

function ttftCounts({ settings, results }: RuleContext): OverCount[] {
  const { tokens, load } = results;
  const all = load?.queryCount ?? 0;
  if (settings.ttftTargetNs === undefined) return [];
  return [
    {
      rule: 'ttft-limit',
      limitNs: settings.ttftTargetNs,
      atPercentileNs: tokens?.ttftAtPercentileNs,
      queryCount: tokens?.ttftQueryCount ?? all,
      overCount: tokens?.ttftOverCount ?? all,
    },
  ];
}

/** The limits of a server load, time per token first; with tokens the limit of the whole query is ignored. */
export function overCountsOf(context: RuleContext): OverCount[] {
  const { settings, results } = context;
  const { targetLatencyNs } = settings;
  if (isJudgedByTokens(settings)) return [...tpotCounts(context), ...ttftCounts(context)];
  if (targetLatencyNs === undefined) return [];
  return [
    {
      rule: 'latency-limit',
      limitNs: targetLatencyNs,
      atPercentileNs: results.load?.atPercentileNs,
      queryCount: results.load?.queryCount ?? 0,
      overCount: results.load?.overLimitCount ?? 0,
    },
  ];
}

/** Early stopping against a limit. */
export function proofOf(counts: OverCount, percentile: number): EarlyStopping {
  return limitEarlyStopping(percentile, counts);
}

/** The limit that is farthest from its proof; of none, no queries. */
export function worstProof(
  counts: readonly OverCount[],
  percentile: number,
): Pick<OverCount, 'queryCount' | 'overCount'> {
  const needed = counts.map((count) => proofOf(count, percentile).queriesNeeded);
  return counts[needed.indexOf(Math.max(...needed))] ?? { queryCount: 0, overCount: 0 };
}

/** Whether sorted[floor(n * p)] is over the limit; queries without what it is about are over it. */
export function isOver({ queryCount, overCount }: OverCount, percentile: number): boolean {
  return queryCount > 0 && queryCount - overCount <= percentileRank(queryCount, percentile);
}

/** Whether any limit of a server load does not hold; then no number of queries proves it. */
export function isAnyOver(context: RuleContext): boolean {
  return overCountsOf(context).some((counts) => isOver(counts, context.settings.percentile));
}
