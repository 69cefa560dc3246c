import type { LatencyResult, RunSettings } from '#harness/contracts/records/run-record.ts';

import type { LoadSummary } from '../load/summarise-load.ts';
import { streamEarlyStopping, type EarlyStopping } from '../statistics/early-stopping.ts';
import { serverEarlyStopping } from './server-early-stopping.ts';
import { statedPercentilesOf } from './stated-percentiles.ts';

function stoppingOf(summary: LoadSummary, settings: RunSettings): EarlyStopping {
  if (settings.scenario === 'server') return serverEarlyStopping(summary, settings);
  const { latency, completedCount } = summary;
  return streamEarlyStopping(settings.percentile, completedCount, (rank) =>
    latency === undefined ? Number.NaN : latency.atRank(rank),
  );
}

/**
 * What the completed queries say.
 *
 * @returns undefined when none completed
 */
export function latencyResult(
  summary: LoadSummary,
  settings: RunSettings,
): LatencyResult | undefined {
  const { latency, completedCount, failedCount, lostCount } = summary;
  if (latency === undefined) return undefined;
  return {
    queryCount: completedCount,
    failedQueryCount: failedCount + lostCount,
    ...statedPercentilesOf(latency),
    earlyStopping: stoppingOf(summary, settings),
  };
}
