import type { AuditBasis, AuditResult } from '#harness/contracts/records/audit-record.ts';

import { decideInterval, type Finding, type Limits } from './decision.ts';
import { basisOf } from './leg-speed.ts';
import type { AuditRun, MeasuredLeg } from './measured-leg.ts';
import { pairedRatio, pairsNeeded, type LegPair, type RatioEstimate } from './paired-ratio.ts';

/** Below this share of its arrival rate a server falls behind: its median latency then says how long the leg was. */
export const completedShareAtLeast = 0.9;

const basisNames: Readonly<Record<AuditBasis, string>> = {
  'mean-latency': 'mean latency',
  'median-latency': 'median latency',
  'time-per-sample': 'time per sample',
};

/** What the comparison of speed gave. */
export interface SpeedOutcome {
  readonly finding: Finding;
  readonly ratio: AuditResult['ratio'];
}

function consecutivePairs(legs: readonly MeasuredLeg[]): LegPair[] {
  const pairs: LegPair[] = [];
  for (let place = 0; place + 1 < legs.length; place += 2) {
    const two = legs.slice(place, place + 2);
    const baseNs = two.find(({ role }) => role === 'base')?.speed.comparedNs ?? 0;
    const auditNs = two.find(({ role }) => role === 'audit')?.speed.comparedNs ?? 0;
    if (baseNs > 0 && auditNs > 0)
      pairs.push({ baseNs, auditNs, baseFirst: two[0]?.role === 'base' });
  }
  return pairs;
}

/** The limits that hold: others when the base legs show that queries are very short. */
function limitsOf(legs: readonly MeasuredLeg[], { audit }: AuditRun): Limits {
  const base = legs.filter(({ role, speed }) => role === 'base' && speed.completedCount > 0);
  const baseNs = base.reduce((sum, { speed }) => sum + speed.meanLatencyNs, 0) / base.length;
  const { shortQuery } = audit;
  return shortQuery !== undefined && baseNs <= shortQuery.latencyNsAtMost
    ? { atLeast: shortQuery.ratioAtLeast, atMost: shortQuery.ratioAtMost }
    : { atLeast: audit.ratioAtLeast, atMost: audit.ratioAtMost };
}

function limitsText({ atLeast, atMost }: Limits): string {
  if (atLeast === null) return `at most ${atMost}`;
  return atMost === null ? `at least ${atLeast}` : `${atLeast} to ${atMost}`;
}

const placeNames = { passed: 'inside', failed: 'outside', inconclusive: 'partly outside' } as const;

function ratioClause(estimate: RatioEstimate, limits: Limits, basis: AuditBasis): string {
  const { value, lower, upper, confidence, pairCount } = estimate;
  const confidencePercent = Number((confidence * 100).toFixed(2));
  const place = placeNames[decideInterval(estimate, limits)];
  return `the audit legs took ${value.toFixed(3)} times the ${basisNames[basis]} of the base legs (${confidencePercent} % interval ${lower.toFixed(3)} to ${upper.toFixed(3)}, ${pairCount} pairs), ${place} the allowed ${limitsText(limits)}`;
}

function ratioFinding(estimate: RatioEstimate, limits: Limits, basis: AuditBasis): Finding {
  const decision = decideInterval(estimate, limits);
  const clause = ratioClause(estimate, limits, basis);
  if (decision !== 'inconclusive') return { decision, clause };
  const pairCountNeeded = pairsNeeded(estimate, limits);
  if (pairCountNeeded === undefined) {
    const advice =
      'More pairs would hardly decide, for the ratio is near a limit or the legs are too noisy: set minDurationMs higher, so that every leg is longer.';
    return { decision, clause, advice };
  }
  const advice = `Set pairCount to ${pairCountNeeded}: with noise as in these legs that many pairs would probably decide.`;
  return { decision, clause, advice, pairCountNeeded };
}

/**
 * Compares how fast base and audit legs were.
 *
 * @param legs - in the order run; each two consecutive ones are a pair
 */
export function compareSpeed(legs: readonly MeasuredLeg[], run: AuditRun): SpeedOutcome {
  const basis = basisOf(run.settings.scenario);
  const limits = limitsOf(legs, run);
  const pairs = consecutivePairs(legs);
  const estimate = pairedRatio(pairs, run.audit.confidence);
  if (estimate === undefined) {
    const finding: Finding = {
      decision: 'inconclusive',
      clause: `${pairs.length} pairs of legs are too few to compare speed`,
      advice: 'Set pairCount to 4 or more.',
      pairCountNeeded: 4,
    };
    return { finding, ratio: null };
  }
  const { value, lower, upper, confidence, pValue, pairCount, driftPerLeg } = estimate;
  return {
    finding: ratioFinding(estimate, limits, basis),
    ratio: {
      value,
      lower,
      upper,
      confidence,
      pValue,
      basis,
      pairCount,
      driftPerLeg,
      ...limits,
    },
  };
}

function meanShare(legs: readonly MeasuredLeg[], role: MeasuredLeg['role']): number {
  const ofRole = legs.filter((leg) => leg.role === role);
  return ofRole.reduce((sum, { speed }) => sum + speed.completedShare, 0) / ofRole.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/**
 * Whether a server kept up with its schedule. Base legs that fall behind say nothing; audit legs that fall behind where
 * base legs do not are slower, which fails an audit with a limit from above.
 *
 * @returns undefined when both kept up, or when the audit legs may be slower
 */
export function keepingUp(legs: readonly MeasuredLeg[], run: AuditRun): Finding | undefined {
  if (run.settings.scenario !== 'server') return undefined;
  const [base, audit] = [meanShare(legs, 'base'), meanShare(legs, 'audit')];
  if (base < completedShareAtLeast)
    return {
      decision: 'inconclusive',
      clause: `the base legs completed queries at ${percent(base)} of their arrival rate, so latencies show the backlog`,
      advice: 'Set targetQps lower, so that the device keeps up with its schedule.',
    };
  if (audit >= completedShareAtLeast || run.audit.ratioAtMost === null) return undefined;
  return {
    decision: 'failed',
    clause: `the audit legs completed queries at ${percent(audit)} of their arrival rate, the base legs at ${percent(base)}`,
  };
}
