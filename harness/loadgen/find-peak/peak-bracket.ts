import type { ProbeFindings } from '#harness/judge/peak/probe-findings.ts';

/** A probe that was made, in the order made. */
export interface ProbePoint {
  readonly targetQps: number;
  /** The longest that it was allowed to take. */
  readonly maxDurationMs: number;
  readonly findings: ProbeFindings;
}

/** Between which rates the highest that holds lies. */
export interface PeakBracket {
  /** The highest rate that held; undefined when none did, or when the device has become slower since. */
  readonly holdsQps?: number;
  /** The lowest rate that did not hold. */
  readonly breaksQps?: number;
}

/** How much of the target rate a device must answer that keeps up; fluctuations of the arrivals stay above. */
const keepsUpShare = 0.95;
const lateShareOfOverload = 0.3;

/** The rate at which the device answered, when it could not keep up: a good guess of its capacity. */
export function saturatedQps(point: ProbePoint): number | undefined {
  const { findings, targetQps } = point;
  if (findings.decision !== 'breaks' || findings.completedPerSecond === 0) return undefined;
  const lateShare = findings.overLimitCount / findings.queryCount;
  const isBehind = findings.completedPerSecond < keepsUpShare * targetQps;
  return isBehind && lateShare >= lateShareOfOverload ? findings.completedPerSecond : undefined;
}

/** Whether this probe was undecided as long as it may be, a second time: then its rate counts as broken. */
function isGivenUp(point: ProbePoint, before: readonly ProbePoint[]): boolean {
  if (point.findings.decision !== 'undecided') return false;
  return before.some(
    (earlier) =>
      earlier.targetQps === point.targetQps &&
      earlier.findings.decision === 'undecided' &&
      earlier.maxDurationMs * 2 <= point.maxDurationMs,
  );
}

/**
 * What the probes so far say, later ones first where they contradict: rates that held are forgotten when the same or a
 * lower one broke later, or when the device, overloaded, later answered at a lower rate. Pure.
 *
 * @param probes - in the order made
 * @param resolution - share of the rate: 0.02
 */
export function peakBracket(probes: readonly ProbePoint[], resolution: number): PeakBracket {
  let holding: readonly number[] = [];
  let breaksQps = Number.POSITIVE_INFINITY;
  for (const [at, point] of probes.entries()) {
    const { targetQps, findings } = point;
    if (findings.decision === 'holds') holding = [...holding, targetQps];
    if (findings.decision !== 'breaks' && !isGivenUp(point, probes.slice(0, at))) continue;
    breaksQps = Math.min(breaksQps, targetQps);
    const answeredQps = saturatedQps(point) ?? Number.POSITIVE_INFINITY;
    const ceilingQps = Math.min(answeredQps / (1 - resolution / 2), breaksQps);
    holding = holding.filter((qps) => qps < ceilingQps);
  }
  return {
    ...(holding.length === 0 ? {} : { holdsQps: Math.max(...holding) }),
    ...(breaksQps === Number.POSITIVE_INFINITY ? {} : { breaksQps }),
  };
}
