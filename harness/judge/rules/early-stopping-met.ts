import type { RuleOutcome } from '#harness/contracts/records/run-record.ts';

import { earlyStoppingQueryCount, underLatencyCountNeeded } from '../statistics/early-stopping.ts';
import { isAnyOver, overCountsOf, proofOf, worstProof } from './limit-proofs.ts';
import { longerLoad, longerLoadWords } from './load-needs.ts';
import { isOverloaded } from './overload.ts';
import { measuresOneLoad, ruled, type Rule, type RuleContext } from './rule-context.ts';
import { lowerRate, lowerRateWords } from './server-rate.ts';

const rule = 'early-stopping-met';

function ofStream(context: RuleContext): RuleOutcome {
  const { settings, results } = context;
  const next = longerLoad(context);
  return ruled({
    rule,
    met: results.latency?.earlyStopping.met ?? false,
    measured: results.load?.completedCount ?? 0,
    limit: earlyStoppingQueryCount(settings.percentile),
    unit: 'queries',
    advice: longerLoadWords(context, next),
    next,
  });
}

/**
 * A load that is over its limit is not proven by more queries: that is a failed limit of the device. One under it that
 * is not proven is data that says too little.
 */
function ofServer(context: RuleContext): RuleOutcome | undefined {
  const { percentile } = context.settings;
  const counts = overCountsOf(context);
  if (counts.length === 0) return undefined;
  const isOver = isAnyOver(context);
  const { queryCount, overCount } = worstProof(counts, percentile);
  const proofs = counts.map((count) => proofOf(count, percentile));
  const next = isOver ? lowerRate(context) : longerLoad(context);
  return ruled({
    rule,
    kind: isOver ? 'limit' : 'validity',
    met: proofs.every(({ met }) => met),
    measured: queryCount,
    limit: underLatencyCountNeeded(percentile, overCount) + overCount,
    unit: 'queries',
    advice: isOver ? lowerRateWords(next) : longerLoadWords(context, next),
    next,
  });
}

/**
 * At 99 % confidence: a stream has enough queries to state its percentile; a server load has enough, with so many over
 * the limit, to prove that its percentile lies under it.
 */
export const earlyStoppingMet: Rule = (context) => {
  const { settings } = context;
  if (!measuresOneLoad(settings) || isOverloaded(context)) return undefined;
  switch (settings.scenario) {
    case 'single-stream':
    case 'multi-stream':
      return ofStream(context);
    case 'server':
      return ofServer(context);
    case 'offline':
    case 'find-peak':
      return undefined;
  }
};
