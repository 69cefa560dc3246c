import type { Distribution } from '../load/distribution.ts';
import type { LoadSummary } from '../load/summarise-load.ts';
import { isJudgedByTokens, tokenOverCounts } from '../results/server-early-stopping.ts';
import {
  earlyStoppingOverCount,
  limitEarlyStopping,
  streamEarlyStopping,
} from '../statistics/early-stopping.ts';
import type { RecordedEarlyStopping } from './recorded-judgement.ts';
import type { RecordedSettings } from './recorded-settings.ts';

/** Counts against one limit. */
export interface LimitCounts {
  readonly queryCount: number;
  readonly overCount: number;
}

/** Early stopping against a limit. */
export function ofLimit(percentile: number, counts: LimitCounts): RecordedEarlyStopping {
  const { met, queriesNeeded } = limitEarlyStopping(percentile, counts);
  return { percentile, met, valueNs: null, queriesNeeded, overCount: counts.overCount };
}

/** Early stopping of the times of tokens. */
export interface TokenStopping {
  readonly ttft?: RecordedEarlyStopping;
  readonly tpot?: RecordedEarlyStopping;
}

/** Early stopping against the limits of the tokens, where they are given. */
export function tokenStopping(
  summary: LoadSummary,
  { targetPercentile, ttftTargetNs, tpotTargetNs }: RecordedSettings,
): TokenStopping {
  const counts = tokenOverCounts(summary);
  return {
    ...(ttftTargetNs === undefined ? {} : { ttft: ofLimit(targetPercentile, counts.ttft) }),
    ...(tpotTargetNs === undefined ? {} : { tpot: ofLimit(targetPercentile, counts.tpot) }),
  };
}

function ofServer(summary: LoadSummary, settings: RecordedSettings): RecordedEarlyStopping {
  if (!isJudgedByTokens(settings)) {
    const { queryCount, overLimitCount: overCount } = summary;
    return ofLimit(settings.targetPercentile, { queryCount, overCount });
  }
  const { ttft, tpot } = tokenStopping(summary, settings);
  const counts = [tpot, ttft].flatMap((stopping) => stopping ?? []);
  const [first] = counts;
  const open = counts.find(({ met }) => !met) ?? first;
  return open ?? ofLimit(settings.targetPercentile, { queryCount: 0, overCount: 0 });
}

/** The estimate of a quantity that was found `count` times; of none, that it needs more. */
function ofStream(
  found: Distribution | undefined,
  percentile: number,
  count: number,
): RecordedEarlyStopping {
  const { met, latencyNs, queriesNeeded } = streamEarlyStopping(
    percentile,
    count,
    (rank) => found?.atRank(rank) ?? Number.NaN,
  );
  const overCount = earlyStoppingOverCount(percentile, count) ?? 0;
  return { percentile, met, valueNs: latencyNs, queriesNeeded, overCount };
}

/** What a stream may state of the times of its tokens, where it told of them. */
export function streamTokenStopping(
  { tokens }: LoadSummary,
  { targetPercentile }: RecordedSettings,
): TokenStopping {
  const { ttft, tpot } = tokens ?? {};
  return {
    ...(ttft === undefined ? {} : { ttft: ofStream(ttft, targetPercentile, ttft.count) }),
    ...(tpot === undefined ? {} : { tpot: ofStream(tpot, targetPercentile, tpot.count) }),
  };
}

/** Early stopping by scenario; with tokens that of the limit that is not proven, time per token first. */
export function recordedEarlyStopping(
  summary: LoadSummary,
  settings: RecordedSettings,
): RecordedEarlyStopping {
  const { scenario, targetPercentile: percentile } = settings;
  switch (scenario) {
    case 'server':
      return ofServer(summary, settings);
    case 'offline':
      // Nothing is estimated offline, so nothing has to be proven.
      return { percentile, met: true, valueNs: null, queriesNeeded: 0, overCount: 0 };
    case 'single-stream':
    case 'multi-stream':
      return ofStream(summary.latency, percentile, summary.completedCount);
  }
}
