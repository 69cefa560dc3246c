import type { PeakSettings } from '#harness/contracts/records/load-settings.ts';
import {
  isAsLongAs,
  isOpen,
  peakBracket,
  saturatedQps,
  type ProbePoint,
} from '#harness/judge/peak/peak-bracket.ts';

import { peakEstimateQps } from './peak-estimate.ts';

/** What a search needs to know. */
export interface PeakSearch {
  readonly settings: PeakSettings;
  /** In 0 < p < 1. */
  readonly percentile: number;
}

/** What to do next. */
export type PeakStep =
  | {
      readonly do: 'probe';
      readonly targetQps: number;
      /** It holds not before. */
      readonly minDurationMs: number;
      readonly maxDurationMs: number;
    }
  /**
   * `resolved`: the gap is small enough. `nothing-holds`: even a device that is idle most of the time is too slow, or it
   * answers nothing.
   */
  | { readonly do: 'end'; readonly because: 'resolved' | 'probe-count' | 'nothing-holds' };

const growthFactor = 4;
const growthShare = 1 / 32;
/** Of the permitted share of late queries: a rate with more than this is near the peak. */
const nearPeakShare = 0.05;
const carefulGrowthFactor = 1.25;
/** Of a capacity that was measured: far enough below to be decided soon, near enough to be useful. */
const belowCapacity = 0.9;
/** Broken with fewer queries in the device than this: its latency alone is over the limit. */
const idleQueryCount = 0.1;
/** After so many probes inside a bracket, guesses have not helped and it is halved. */
const guessCountMax = 5;

/** A range of rates, and what is known in it. */
interface Range {
  readonly lowQps: number;
  readonly highQps: number;
  readonly resolution: number;
}

function lateShare(point: ProbePoint): number {
  return point.findings.overLimitCount / Math.max(1, point.findings.queryCount);
}

/** The rate after the highest that held, while nothing has broken. */
function grownQps(search: PeakSearch, history: readonly ProbePoint[], holdsQps: number): number {
  const last = history.findLast((point) => point.targetQps === holdsQps);
  const isNear = last !== undefined && lateShare(last) > nearPeakShare * (1 - search.percentile);
  return holdsQps * (isNear ? carefulGrowthFactor : growthFactor);
}

/** A device that completed nothing, of the first query on, is not too slow: in so many probes in a row it is gone. */
const unansweredCountMax = 2;

function isUnanswered(history: readonly ProbePoint[]): boolean {
  const last = history.slice(-unansweredCountMax);
  const isAll = last.every(({ findings }) => findings.completedPerSecond === 0);
  return isAll && last.length === unansweredCountMax;
}

/** The rate below the lowest that broke, while nothing has held; undefined when lower rates cannot help. */
function loweredQps(
  search: PeakSearch,
  history: readonly ProbePoint[],
  breaksQps: number,
): number | undefined {
  if (isUnanswered(history)) return undefined;
  const lowest = history.findLast((point) => point.targetQps === breaksQps);
  if (lowest === undefined) return breaksQps / growthFactor;
  const answeredQps = saturatedQps(lowest);
  if (answeredQps !== undefined) return Math.min(answeredQps * belowCapacity, breaksQps / 1.1);
  const insideCount = (lowest.targetQps * lowest.findings.meanLatencyNs) / 1e9;
  const isBusy = !(insideCount < idleQueryCount);
  if (!isBusy && lateShare(lowest) > 1 - search.percentile) return undefined;
  const estimateQps = peakEstimateQps(history, search.percentile);
  const isGuess = estimateQps !== undefined && estimateQps < breaksQps;
  const guessQps = isGuess ? estimateQps / (1 + 0.45 * search.settings.resolution) : breaksQps;
  const brokenCount = history.filter((point) => point.findings.decision === 'breaks').length;
  return Math.min(guessQps, breaksQps / Math.min(growthFactor, 1.1 ** (2 * brokenCount)));
}

/** Ends the search from a guess: a rate just below it that should hold, then one just above that. */
function aimedQps(estimateQps: number, range: Range): number {
  const { lowQps, highQps, resolution } = range;
  const clippedQps = Math.min(Math.max(estimateQps, lowQps), highQps);
  const below = clippedQps / (1 + 0.45 * resolution);
  const reach = 1 + 0.95 * resolution;
  if (below <= lowQps * (1 + 0.05 * resolution)) return lowQps * reach;
  if (below * reach >= highQps) return highQps / reach;
  return below;
}

/** The lowest rate at which an overloaded device answered. */
function capacityQps(history: readonly ProbePoint[]): number {
  return Math.min(...history.map((point) => saturatedQps(point) ?? Number.POSITIVE_INFINITY));
}

/** A rate inside the bracket. */
function bracketedQps(search: PeakSearch, history: readonly ProbePoint[], range: Range): number {
  const { lowQps, highQps, resolution } = range;
  const belowQps = capacityQps(history) * belowCapacity;
  const nearCount = history.filter(({ targetQps }) => targetQps >= belowQps / 1.01).length;
  if (lowQps < belowQps / (1 + resolution) && belowQps < highQps && nearCount <= 1) return belowQps;
  const insideCount = history.filter(
    ({ targetQps }) => targetQps > lowQps / (1 + 3 * resolution) && targetQps < highQps * 1.001,
  ).length;
  const estimateQps = peakEstimateQps(history, search.percentile);
  const isNarrow = highQps / lowQps <= (1 + 0.95 * resolution) ** 2;
  if (estimateQps !== undefined && (isNarrow || insideCount < guessCountMax)) {
    const aimQps = aimedQps(estimateQps, range);
    if (aimQps > lowQps && aimQps < highQps) return aimQps;
  }
  return halvedQps(search, history, range);
}

/** The middle of the bracket by ratio; a rate that was undecided, or that overloads the device, bounds it too. */
function halvedQps(
  { settings }: PeakSearch,
  history: readonly ProbePoint[],
  { lowQps, highQps, resolution }: Range,
): number {
  const soft = history.findLast(
    (point) => isOpen(point, settings) && point.targetQps > lowQps && point.targetQps < highQps,
  );
  const ceilingQps = soft?.targetQps ?? highQps;
  if (ceilingQps / lowQps <= 1 + resolution) return ceilingQps;
  const overloadQps = capacityQps(history) * (1 + 0.5 * resolution);
  const boundQps = overloadQps > lowQps * (1 + resolution) ? overloadQps : ceilingQps;
  return Math.sqrt(lowQps * Math.min(ceilingQps, boundQps));
}

/** A rate that is not yet near enough on both sides is only explored: shorter, and undecided is an answer. */
function probeAt(
  search: PeakSearch,
  history: readonly ProbePoint[],
  probe: { readonly targetQps: number; readonly range: Partial<Range> },
): PeakStep {
  const { targetQps, range } = probe;
  const { resolution, probeMinDurationMs: minDurationMs, probeMaxDurationMs } = search.settings;
  const closes = 1 + resolution;
  const isFull =
    history.some((earlier) => earlier.targetQps === targetQps) ||
    (range.lowQps !== undefined && targetQps / range.lowQps <= closes) ||
    (range.highQps !== undefined && range.highQps / targetQps <= closes * closes);
  const exploringMs = Math.min(probeMaxDurationMs, Math.max(minDurationMs, probeMaxDurationMs / 4));
  const maxDurationMs = isFull ? probeMaxDurationMs : exploringMs;
  return {
    do: 'probe',
    targetQps,
    minDurationMs: Math.min(minDurationMs, maxDurationMs),
    maxDurationMs,
  };
}

/** The length of probes that only grow towards the peak. */
function shortestMs({ settings }: PeakSearch): number {
  const { probeMinDurationMs, probeMaxDurationMs } = settings;
  return Math.min(
    probeMaxDurationMs,
    Math.max(probeMinDurationMs, probeMaxDurationMs * growthShare),
  );
}

/** The same rate again, for longer, when it was undecided at its full length and not repeated yet. */
function repeated(search: PeakSearch, history: readonly ProbePoint[]): PeakStep | undefined {
  const last = history.at(-1);
  const fullMs = search.settings.probeMaxDurationMs;
  if (last?.findings.decision !== 'undecided') return undefined;
  if (!isAsLongAs(last, fullMs) || isAsLongAs(last, 2 * fullMs)) return undefined;
  const { targetQps } = last;
  return { do: 'probe', targetQps, minDurationMs: fullMs, maxDurationMs: 2 * fullMs };
}

/** Whether a probe of full length held at this rate. */
function isConfirmed(search: PeakSearch, history: readonly ProbePoint[], qps: number): boolean {
  const fullMs = search.settings.probeMaxDurationMs;
  return history.some(
    (point) =>
      point.targetQps === qps && point.findings.decision === 'holds' && isAsLongAs(point, fullMs),
  );
}

/** The probe that decides for good: it holds only when it does so for the full length. */
function decidingProbe({ settings }: PeakSearch, targetQps: number): PeakStep {
  const fullMs = settings.probeMaxDurationMs;
  return { do: 'probe', targetQps, minDurationMs: fullMs, maxDurationMs: fullMs };
}

function stepInside(search: PeakSearch, history: readonly ProbePoint[], range: Range): PeakStep {
  const { lowQps, highQps, resolution } = range;
  const isLowConfirmed = isConfirmed(search, history, lowQps);
  if (highQps <= lowQps * (1 + resolution))
    return isLowConfirmed ? { do: 'end', because: 'resolved' } : decidingProbe(search, lowQps);
  const targetQps = bracketedQps(search, history, range);
  return probeAt(search, history, { targetQps, range });
}

/**
 * The next probe of the search for the highest rate, from those made so far. Rates grow until one breaks; then a
 * guess from the measured capacity and the shares of late queries, and a probe on each side of it; halving (of the
 * ratio) where guesses do not help; at last the highest rate that held again, for the full length. Pure.
 *
 * @param history - in the order made
 */
export function nextPeakStep(search: PeakSearch, history: readonly ProbePoint[]): PeakStep {
  const step = nextStep(search, history);
  const isSpent = history.length >= search.settings.probeCountMax;
  return isSpent && step.do === 'probe' ? { do: 'end', because: 'probe-count' } : step;
}

function nextStep(search: PeakSearch, history: readonly ProbePoint[]): PeakStep {
  const { resolution } = search.settings;
  const { holdsQps, breaksQps } = peakBracket(history, search.settings);
  const again = repeated(search, history);
  if (again !== undefined) return again;
  if (holdsQps !== undefined && breaksQps !== undefined)
    return stepInside(search, history, { lowQps: holdsQps, highQps: breaksQps, resolution });
  const targetQps = openQps(search, history, { holdsQps, breaksQps });
  if (targetQps === undefined) return { do: 'end', because: 'nothing-holds' };
  const probe = probeAt(search, history, { targetQps, range: {} });
  const isGrowth = breaksQps === undefined && history.at(-1)?.targetQps !== targetQps;
  return isGrowth && probe.do === 'probe' ? { ...probe, maxDurationMs: shortestMs(search) } : probe;
}

/** The next rate while only one side of the bracket is known, or none. */
function openQps(
  search: PeakSearch,
  history: readonly ProbePoint[],
  bracket: { readonly holdsQps: number | undefined; readonly breaksQps: number | undefined },
): number | undefined {
  const { holdsQps, breaksQps } = bracket;
  if (breaksQps !== undefined) return loweredQps(search, history, breaksQps);
  const last = history.at(-1);
  if (last === undefined) return search.settings.startQps;
  // Too few queries to prove that it holds, but nothing speaks against it: growth asks for no more.
  const isFine = lateShare(last) <= 1 - search.percentile;
  if (isOpen(last, search.settings) && !isFine) return last.targetQps;
  return grownQps(search, history, Math.max(holdsQps ?? 0, last.targetQps));
}
