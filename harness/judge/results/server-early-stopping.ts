import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { LoadSummary } from '../load/summarise-load.ts';
import { limitEarlyStopping, type EarlyStopping } from '../statistics/early-stopping.ts';

/** The settings that early stopping of a server load depends on. */
export type ServerLimits = Pick<RunSettings, 'percentile' | 'ttftTargetNs' | 'tpotTargetNs'>;

/** Whether the load is judged by its tokens: then the limit of the whole query is ignored. */
export function isJudgedByTokens(
  settings: Pick<RunSettings, 'ttftTargetNs' | 'tpotTargetNs'>,
): boolean {
  return settings.ttftTargetNs !== undefined || settings.tpotTargetNs !== undefined;
}

/** How many queries count for the two limits of tokens, and how many of them lie over. */
export function tokenOverCounts(summary: LoadSummary): {
  readonly ttft: { readonly queryCount: number; readonly overCount: number };
  readonly tpot: { readonly queryCount: number; readonly overCount: number };
} {
  const { tokens, queryCount, completedCount } = summary;
  const unanswered = queryCount - completedCount;
  const tpotCount = queryCount - (tokens?.oneTokenCount ?? 0);
  return {
    ttft: { queryCount, overCount: unanswered + (tokens?.ttftOverCount ?? completedCount) },
    tpot: {
      queryCount: tpotCount,
      overCount: unanswered + (tokens?.tpotOverCount ?? completedCount),
    },
  };
}

/** Early stopping of a server load: against the limit of the latency, or those of the tokens, time per token first. */
export function serverEarlyStopping(summary: LoadSummary, settings: ServerLimits): EarlyStopping {
  const { percentile } = settings;
  if (!isJudgedByTokens(settings)) {
    const { queryCount, overLimitCount: overCount } = summary;
    return limitEarlyStopping(percentile, { queryCount, overCount });
  }
  const { ttft, tpot } = tokenOverCounts(summary);
  const ofPeriod = limitEarlyStopping(percentile, tpot);
  return ofPeriod.met ? limitEarlyStopping(percentile, ttft) : ofPeriod;
}
