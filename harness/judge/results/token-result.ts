import type { TokenResult } from '#harness/contracts/records/load-results.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { Distribution } from '../load/distribution.ts';
import type { LoadSummary } from '../load/summarise-load.ts';
import { earlyStoppingOverCount, limitEarlyStopping } from '../statistics/early-stopping.ts';
import { tokensPerSecond } from './load-result.ts';
import { tokenOverCounts } from './server-early-stopping.ts';
import { statedPercentilesOf } from './stated-percentiles.ts';

/** Against its limit where there is one; else whether there are enough queries to state the percentile. */
function isProven(
  settings: RunSettings,
  limitNs: number | undefined,
  of: { readonly counts: { queryCount: number; overCount: number }; readonly found: Distribution },
): boolean {
  const { percentile } = settings;
  return limitNs === undefined
    ? earlyStoppingOverCount(percentile, of.found.count) !== undefined
    : limitEarlyStopping(percentile, of.counts).met;
}

/**
 * Times to the first and per further token.
 *
 * @returns undefined when no query told of both; offline none does
 */
export function tokenResult(summary: LoadSummary, settings: RunSettings): TokenResult | undefined {
  const { tokens } = summary;
  const rate = tokensPerSecond(summary, settings.scenario);
  if (tokens?.ttft === undefined || tokens.tpot === undefined || rate === undefined)
    return undefined;
  const { ttft, tpot, tokenCount } = tokens;
  const { percentile, ttftTargetNs, tpotTargetNs } = settings;
  const counts = tokenOverCounts(summary);
  return {
    tokenCount,
    tokensPerSecond: rate,
    ttft: statedPercentilesOf(ttft),
    tpot: statedPercentilesOf(tpot),
    ttftEarlyStoppingMet: isProven(settings, ttftTargetNs, { counts: counts.ttft, found: ttft }),
    tpotEarlyStoppingMet: isProven(settings, tpotTargetNs, { counts: counts.tpot, found: tpot }),
    ttftAtPercentileNs: ttft.at(percentile),
    tpotAtPercentileNs: tpot.at(percentile),
    ttftQueryCount: counts.ttft.queryCount,
    tpotQueryCount: counts.tpot.queryCount,
    ...(ttftTargetNs === undefined ? {} : { ttftOverCount: counts.ttft.overCount }),
    ...(tpotTargetNs === undefined ? {} : { tpotOverCount: counts.tpot.overCount }),
  };
}
