import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { LoadSummary } from '../load/summarise-load.ts';

/** (n - 1) per so many nanoseconds: the last query opens an interval that is not in the time. */
function intervalsPerSecond(queryCount: number, durationNs: number): number | undefined {
  return queryCount > 1 && durationNs > 0 ? ((queryCount - 1) * 1e9) / durationNs : undefined;
}

/**
 * Output tokens per second. Server: of completed queries, until the last issued one completed. Offline: over the
 * largest latency. Streams: over the time in queries.
 */
export function tokensPerSecond(
  summary: LoadSummary,
  scenario: RunSettings['scenario'],
): number | undefined {
  const { tokens, latency, lastCompletedAtNs } = summary;
  if (tokens === undefined || latency === undefined) return undefined;
  const byScenario = { server: lastCompletedAtNs, offline: latency.maxNs };
  const durationNs =
    scenario === 'server' || scenario === 'offline' ? byScenario[scenario] : Number(latency.sumNs);
  return durationNs > 0 ? (tokens.tokenCount * 1e9) / durationNs : undefined;
}

function scheduleParts(summary: LoadSummary): Partial<LoadResult> {
  const { issueDelay, queryCount, lastCompletedAtNs, outstandingAtEndCount } = summary;
  const completedPerSecond = intervalsPerSecond(queryCount, lastCompletedAtNs);
  return {
    outstandingAtEndCount,
    ...(completedPerSecond === undefined ? {} : { completedPerSecond }),
    ...(issueDelay === undefined
      ? {}
      : {
          issueDelay: {
            p50Ns: issueDelay.at(0.5),
            p90Ns: issueDelay.at(0.9),
            p99Ns: issueDelay.at(0.99),
            p999Ns: issueDelay.at(0.999),
            maxNs: issueDelay.maxNs,
          },
        }),
  };
}

/** What happened to the queries of a load. */
export function loadResult(summary: LoadSummary, settings: RunSettings): LoadResult {
  const { latency, tokens, queryCount, lastScheduledAtNs } = summary;
  const { scenario, percentile, targetLatencyNs } = settings;
  const scheduledPerSecond = intervalsPerSecond(queryCount, lastScheduledAtNs);
  const tokenRate = tokensPerSecond(summary, scenario);
  return {
    queryCount,
    completedCount: summary.completedCount,
    failedCount: summary.failedCount,
    lostCount: summary.lostCount,
    lateCount: summary.lateCount,
    duplicateCount: summary.duplicateCount,
    unknownCount: summary.unknownCount,
    ...(targetLatencyNs === undefined ? {} : { overLimitCount: summary.overLimitCount }),
    ...(latency === undefined ? {} : { atPercentileNs: latency.at(percentile) }),
    timedNs: latency === undefined ? 0 : Number(latency.sumNs),
    lastScheduledAtNs,
    ...(scenario === 'offline' || scheduledPerSecond === undefined ? {} : { scheduledPerSecond }),
    ...(scenario === 'server' ? scheduleParts(summary) : {}),
    ...(tokens === undefined ? {} : { tokenCount: tokens.tokenCount }),
    ...(tokenRate === undefined ? {} : { tokensPerSecond: tokenRate }),
  };
}
