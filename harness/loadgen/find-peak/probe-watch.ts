import { probeDecision, type ProbeDecision } from '#harness/judge/peak/probe-decision.ts';
import type { ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';
import { earlyStoppingOverCount } from '#harness/judge/statistics/early-stopping.ts';

import type { LoadTally } from '../core/load-core-options.ts';
import {
  clusteringOf,
  isLevel,
  probeWindowCountMax,
  probeWindows,
  type ProbeWindows,
} from './probe-windows.ts';
import { weighedDecision } from './weighed-decision.ts';

/** The first look for a rate that is far too high. */
const earlyLookCount = 8;
/** Before a rate can hold, it breaks only when at least this share of the queries since the last look is late. */
const earlyLateShare = 0.5;
/** And when it has been so for this share of the shortest and of the longest probe: a single stall breaks nothing. */
const earlyLateShares = { ofShortest: 1 / 8, ofLongest: 1 / 16 } as const;

/** Watches one probe while it runs. */
export interface ProbeWatch {
  /** `isDecided` of the load core: to be asked after each query that ended; about 20 ns. No allocation between looks. */
  readonly isDecided: (tally: Readonly<LoadTally>) => boolean;
  /** What the last look said. */
  readonly decision: () => ProbeDecision;
}

/** How many numbers of a doubling sequence lie in from..to. */
function doublings(from: number, to: number): number {
  return to < from ? 0 : Math.floor(Math.log2(to / from)) + 1;
}

/** Of all looks together, each direction; see `searchConfidence`. */
const looksErrorProbability = 0.01;
/** The first look can prove a rate without any late query at about this error. */
const firstLookErrorProbability = 0.001;
/** The first look is before this share of the longest probe. */
const firstLookShare = 1 / 16;

/** When to look, and how sure each look must be. */
interface LookPlan {
  /** Queries of a probe that has its full length. */
  readonly queryCountMax: number;
  /** Queries of the shortest probe that can hold. */
  readonly holdCountMin: number;
  readonly firstWindowCount: number;
  /** Queries at the first look that is not early. */
  readonly firstLookCount: number;
  /** Late for so long, most queries break a rate early. */
  readonly earlyLateNs: number;
  /** With more late queries than this, it cannot hold at its full length any more. */
  readonly overCountMax: number;
  readonly holdErrorProbability: number;
  readonly breakErrorProbability: number;
}

function lookPlan(question: ProbeQuestion): LookPlan {
  const perMs = question.targetQps / 1000;
  const firstMs = Math.min(question.minDurationMs, question.maxDurationMs * firstLookShare);
  const provingCount = Math.log(firstLookErrorProbability) / Math.log(question.percentile);
  const wantedCount = Math.max(firstMs * perMs, provingCount);
  const firstWindowCount = Math.max(1, Math.ceil(wantedCount / probeWindowCountMax));
  const firstLookCount = firstWindowCount * probeWindowCountMax;
  const queryCountMax = question.maxDurationMs * perMs;
  const fullMs = question.fullDurationMs ?? question.maxDurationMs;
  const fullCount = Math.ceil(Math.max(question.maxDurationMs, fullMs) * perMs);
  const looks = Math.max(1, doublings(firstLookCount, queryCountMax));
  const earlyLooks = doublings(earlyLookCount, firstLookCount);
  return {
    queryCountMax,
    holdCountMin: question.minDurationMs * perMs,
    firstWindowCount,
    firstLookCount,
    overCountMax: earlyStoppingOverCount(question.percentile, fullCount) ?? 0,
    earlyLateNs:
      1e6 *
      Math.min(
        question.minDurationMs * earlyLateShares.ofShortest,
        question.maxDurationMs * earlyLateShares.ofLongest,
      ),
    holdErrorProbability: looksErrorProbability / looks,
    breakErrorProbability: looksErrorProbability / (looks + earlyLooks),
  };
}

/** A look, early ones too, at everything counted so far. */
type Look = (tally: Readonly<LoadTally>) => ProbeDecision;

/** The look when all windows are full. */
function fullLook(question: ProbeQuestion, plan: LookPlan, windows: ProbeWindows): Look {
  const withinLimit = (question.targetQps * question.targetLatencyNs) / 1e9;
  const waitingCountMax = Math.ceil(withinLimit + 3 * Math.sqrt(withinLimit) + 1);
  const limits = { ...question, probeQueryCountMax: plan.queryCountMax };
  const { percentile } = question;
  return (tally) => {
    const [queryCount, overCount] = [windows.queryCount(), windows.overCount()];
    const stuckCount = Math.max(0, tally.issuedCount - queryCount - waitingCountMax);
    const evidence = { percentile, clustering: clusteringOf(windows) };
    const holding = weighedDecision({
      ...evidence,
      queryCount: queryCount + stuckCount,
      overCount: overCount + stuckCount,
      isLevel: queryCount >= plan.holdCountMin && isLevel(windows, limits),
      errorProbability: plan.holdErrorProbability,
    });
    if (holding === 'holds') return 'holds';
    const errorProbability = plan.breakErrorProbability;
    const breaking = { ...evidence, queryCount, overCount, isLevel: false, errorProbability };
    return weighedDecision(breaking);
  };
}

/** The looks before, which find rates that are far too high. */
function earlyLook(question: ProbeQuestion, plan: LookPlan, windows: ProbeWindows): Look {
  const { percentile } = question;
  let overAtLook = 0;
  let firstLateAtNs = Number.NaN;
  return (tally) => {
    const [queryCount, overCount] = [windows.queryCount(), windows.overCount()];
    const lateCount = overCount - overAtLook;
    overAtLook = overCount;
    if (lateCount < (queryCount / 2) * earlyLateShare) {
      firstLateAtNs = Number.NaN;
      return 'undecided';
    }
    if (Number.isNaN(firstLateAtNs)) firstLateAtNs = tally.lastScheduledAtNs;
    const lateNs = tally.lastScheduledAtNs - firstLateAtNs;
    if (lateNs < plan.earlyLateNs) return 'undecided';
    const errorProbability = plan.breakErrorProbability;
    const counts = { queryCount, overCount, percentile, errorProbability };
    return weighedDecision({ ...counts, clustering: 1, isLevel: false });
  };
}

/**
 * A watch for a probe.
 *
 * Holds: it looks when counts have doubled, from `minDurationMs` on. Early stopping must pass, at an error so small that
 * all looks together are wrong in 1 of 100 (Bonferroni); late queries count in clusters; the latency is level; queries
 * that wait for longer than the limit count as late.
 *
 * Breaks: at the same looks, as strictly; or when so many queries were late that the rate cannot hold at its full
 * length any more, and the counts break it; or, far above the capacity, when most queries since the last look, and
 * since the one before, are late for a while.
 */
export function probeWatch(question: ProbeQuestion): ProbeWatch {
  const plan = lookPlan(question);
  const windows = probeWindows(plan.firstWindowCount);
  const lookAtAll = fullLook(question, plan, windows);
  const lookEarly = earlyLook(question, plan, windows);
  let decision: ProbeDecision = 'undecided';
  let [seenCount, seenOver, seenNs] = [0, 0, 0];
  let nextEarlyLook = earlyLookCount;
  let nextOverLook = plan.overCountMax + 1;
  const lookAtLate = (): ProbeDecision => {
    const { percentile } = question;
    const counted = probeDecision({ queryCount: seenCount, overCount: seenOver, percentile });
    const isSoon = seenCount < plan.firstLookCount;
    return counted === 'breaks' && !isSoon ? 'breaks' : 'undecided';
  };
  return {
    decision: () => decision,
    isDecided: (tally) => {
      const endedCount = tally.completedCount + tally.failedCount + tally.lostCount;
      if (endedCount === seenCount) return decision !== 'undecided';
      windows.add(endedCount - seenCount, tally.overLimitCount - seenOver, tally.timedNs - seenNs);
      seenCount = endedCount;
      seenOver = tally.overLimitCount;
      seenNs = tally.timedNs;
      if (tally.lostCount > 0) decision = 'breaks';
      else if (seenOver >= nextOverLook) {
        nextOverLook = Math.ceil(seenOver * 1.1) + 1;
        decision = lookAtLate();
      }
      if (decision === 'undecided' && windows.fullCount() === probeWindowCountMax)
        decision = lookAtAll(tally);
      if (
        decision === 'undecided' &&
        seenCount >= nextEarlyLook &&
        seenCount < plan.firstLookCount
      ) {
        nextEarlyLook = seenCount * 2;
        decision = lookEarly(tally);
      }
      return decision !== 'undecided';
    },
  };
}
