import type { PeakSettings } from '#harness/contracts/records/load-settings.ts';

import type { ProbeFindings } from './probe-findings.ts';

/** A probe that was made, in the order made. */
export interface ProbePoint {
  readonly targetQps: number;
  /** It was decided, or overloaded, before its length. */
  readonly endedEarly: boolean;
  readonly findings: ProbeFindings;
}

/**
 * How sure a decision on a probe of a search is: the one at its end (see `probeDecision`), and all looks before it
 * together, may each be wrong in 1 of 100.
 */
export const searchConfidence = 0.98;

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

/** Of a length: the last of the arrivals, which come by chance, are a few periods before the end. */
const lengthShare = 0.9;
const arrivalPeriods = 3;

/** Whether a probe was as long as this, as far as its last scheduled instant tells. */
export function isAsLongAs(point: ProbePoint, durationMs: number): boolean {
  const lastPeriodsMs = (arrivalPeriods * 1000) / point.targetQps;
  return point.findings.durationMs + lastPeriodsMs >= lengthShare * durationMs;
}

/** Whether this probe was undecided as long as it may be, a second time: then its rate counts as broken. */
function isGivenUp(point: ProbePoint, before: readonly ProbePoint[], fullMs: number): boolean {
  if (point.findings.decision !== 'undecided' || !isAsLongAs(point, 2 * fullMs)) return false;
  return before.some(
    (earlier) => earlier.targetQps === point.targetQps && earlier.findings.decision === 'undecided',
  );
}

/**
 * Whether a break counts. Late queries come together, so a short probe that only its end decided may have met one
 * stall; the watch, which ends a probe early, takes that into account.
 */
function isFirmBreak(point: ProbePoint, fullMs: number): boolean {
  if (point.findings.decision !== 'breaks') return false;
  const isSure = point.endedEarly || point.findings.lostCount > 0 || isAsLongAs(point, fullMs);
  return isSure || saturatedQps(point) !== undefined;
}

/**
 * What the probes so far say, later ones first where they contradict: rates that held are forgotten when the same or a
 * lower one broke later, or when the device, overloaded, later answered at a lower rate. Pure.
 *
 * @param probes - in the order made
 */
export function peakBracket(
  probes: readonly ProbePoint[],
  settings: Pick<PeakSettings, 'resolution' | 'probeMaxDurationMs'>,
): PeakBracket {
  const { resolution, probeMaxDurationMs: fullMs } = settings;
  let holding: number[] = [];
  let breaksQps = Number.POSITIVE_INFINITY;
  for (const [at, point] of probes.entries()) {
    const { targetQps, findings } = point;
    if (findings.decision === 'holds') holding.push(targetQps);
    const isBroken = isFirmBreak(point, fullMs) || isGivenUp(point, probes.slice(0, at), fullMs);
    if (!isBroken) continue;
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

/** Whether this probe says neither that its rate holds nor that it breaks. */
export function isOpen(
  point: ProbePoint,
  settings: Pick<PeakSettings, 'probeMaxDurationMs'>,
): boolean {
  return point.findings.decision !== 'holds' && !isFirmBreak(point, settings.probeMaxDurationMs);
}
