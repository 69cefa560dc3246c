import type { RunSettings } from '#harness/contracts/records/run-record.ts';

/** Whether limits on tokens stand in place of the one on the whole query. */
function hasTokenLimits({ ttftTargetNs, tpotTargetNs }: RunSettings): boolean {
  return ttftTargetNs !== undefined || tpotTargetNs !== undefined;
}

/** The limit that the latency of whole queries must hold; undefined where there is none. */
export function latencyLimitNs(settings: RunSettings): number | undefined {
  const { scenario, targetLatencyNs } = settings;
  if (scenario !== 'server' && scenario !== 'find-peak') return undefined;
  return hasTokenLimits(settings) ? undefined : targetLatencyNs;
}
