import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { latencyLimitNs } from './latency-limit.ts';
import { percentileName, statedPercentileNs } from './stated-percentile.ts';

/** A duration that has a limit: its stated percentile and what it must hold. */
interface HeldDuration {
  /** `Latency p99` */
  readonly label: string;
  /** Undefined when it was not measured. */
  readonly measuredNs: number | undefined;
  readonly limitNs: number;
}

/** The latency of a server beside its limit; nothing where it has none. */
export function heldLatency({ results, settings }: RunRecord): HeldDuration[] {
  const { load, latency } = results;
  const limitNs = latencyLimitNs(settings);
  if (limitNs === undefined) return [];
  const { percentile } = settings;
  const stated = latency === undefined ? undefined : statedPercentileNs(latency, percentile);
  const measuredNs = load?.atPercentileNs ?? stated;
  return [{ label: `Latency ${percentileName(percentile)}`, measuredNs, limitNs }];
}

/** The time to the first token beside its limit; nothing where it has none. */
export function heldFirstToken({ results, settings }: RunRecord): HeldDuration[] {
  const { tokens } = results;
  const { percentile, ttftTargetNs: limitNs } = settings;
  if (tokens === undefined || limitNs === undefined) return [];
  const measuredNs = tokens.ttftAtPercentileNs ?? statedPercentileNs(tokens.ttft, percentile);
  return [{ label: `TTFT ${percentileName(percentile)}`, measuredNs, limitNs }];
}

/** The time per further token beside its limit; nothing where it has none. */
export function heldFurtherToken({ results, settings }: RunRecord): HeldDuration[] {
  const { tokens } = results;
  const { percentile, tpotTargetNs: limitNs } = settings;
  if (tokens === undefined || limitNs === undefined) return [];
  const measuredNs = tokens.tpotAtPercentileNs ?? statedPercentileNs(tokens.tpot, percentile);
  return [{ label: `TPOT ${percentileName(percentile)}`, measuredNs, limitNs }];
}
