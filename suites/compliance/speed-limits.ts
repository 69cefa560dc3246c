import type { AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

/** A sample that takes at most this long is very short: 200 us, so a query of eight 1.6 ms. */
const shortSampleNs = 200_000;

/** Limits of audit latency over base latency; null for none. */
export interface RatioLimits {
  readonly ratioAtLeast: number | null;
  readonly ratioAtMost: number | null;
}

/** The part of an audit's settings that limits speed. */
export type SpeedLimits = RatioLimits & Pick<AuditSettings, 'shortQuery'>;

/** Limits for queries of any length, and wider ones for very short queries, which only streams have. */
export function speedLimits(
  base: RunSettings,
  limits: RatioLimits,
  shortLimits: RatioLimits,
): SpeedLimits {
  const isStream = base.scenario === 'single-stream' || base.scenario === 'multi-stream';
  if (!isStream) return limits;
  const latencyNsAtMost = shortSampleNs * (base.samplesPerQuery ?? 1);
  return { ...limits, shortQuery: { latencyNsAtMost, ...shortLimits } };
}

function rangeText({ ratioAtLeast, ratioAtMost }: RatioLimits): string {
  if (ratioAtLeast === null) return `at most ${ratioAtMost}`;
  return ratioAtMost === null ? `at least ${ratioAtLeast}` : `${ratioAtLeast} to ${ratioAtMost}`;
}

function quantityText(base: RunSettings): string {
  if (base.scenario === 'server') return 'median latency';
  return base.scenario === 'offline' ? 'time per sample' : 'mean latency';
}

/** The limits of speed in words: what is compared, and where its interval must lie. */
export function speedRuleText(base: RunSettings, limits: SpeedLimits): string {
  const { shortQuery } = limits;
  const wider =
    shortQuery === undefined
      ? ''
      : ` (${rangeText(shortQuery)} when base queries take ${shortQuery.latencyNsAtMost / 1e6} ms or less)`;
  return `the 99 % interval of audit over base ${quantityText(base)} lies within ${rangeText(limits)}${wider}`;
}
