import { isOver, overCountsOf, type OverCount } from './limit-proofs.ts';
import { measuresOneLoad, ruled, type Rule, type RuleContext } from './rule-context.ts';
import { lowerRate, lowerRateWords } from './server-rate.ts';

/**
 * The percentile in milliseconds. Where so many queries have no completion that it falls on one of them, it is at least
 * the deadline that they were given up at.
 */
function measuredMs(context: RuleContext, counts: OverCount, isMissed: boolean): number {
  const { atPercentileNs = 0, limitNs } = counts;
  const isByLost = isMissed && atPercentileNs <= limitNs;
  return (
    (isByLost ? Math.max(limitNs, context.settings.queryDeadlineMs * 1e6) : atPercentileNs) / 1e6
  );
}

function limitRule(rule: OverCount['rule']): Rule {
  return (context) => {
    const { settings } = context;
    if (!measuresOneLoad(settings) || settings.scenario !== 'server') return undefined;
    const counts = overCountsOf(context).find((count) => count.rule === rule);
    if (counts === undefined || counts.queryCount === 0) return undefined;
    const isMissed = isOver(counts, settings.percentile);
    const next = lowerRate(context);
    return ruled({
      rule,
      kind: 'limit',
      met: !isMissed,
      measured: measuredMs(context, counts, isMissed),
      limit: counts.limitNs / 1e6,
      unit: 'ms',
      advice: lowerRateWords(next),
      next,
    });
  };
}

/** A limit: sorted[floor(n * p)] of the latencies of a server load, from the schedule, is not over the target. */
export const latencyLimit = limitRule('latency-limit');

/** The same of the time to the first token. */
export const ttftLimit = limitRule('ttft-limit');

/** The same of the time per further token. */
export const tpotLimit = limitRule('tpot-limit');
