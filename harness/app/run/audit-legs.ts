import type { AuditLeg, AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import { legAnswersFile, legLogFile } from '#harness/judge/compliance/leg-files.ts';
import { legRoles } from '#harness/judge/compliance/leg-roles.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

/** One leg of an audit: a load of its own. */
export interface AuditLegPlan {
  /** From 1, in the order run. */
  readonly legNumber: number;
  readonly role: AuditLeg['role'];
  /** Where its query log goes, inside the bundle. */
  readonly file: string;
  /** Where the answers go that the load keeps; absent when it keeps none. */
  readonly answersFile?: string;
  /** Of its load: mode `performance`, no windows, no power. */
  readonly settings: RunSettings;
}

/** Legs state no percentile; a low one keeps early stopping from making them longer than 11 queries. */
const legPercentile = 0.5;

/** What legs of either role share. */
function legBase(settings: RunSettings, audit: AuditSettings): RunSettings {
  const {
    audit: _audit,
    peak: _peak,
    accuracyLogSamplingTarget: _target,
    provenance: _provenance,
    ...load
  } = settings;
  return {
    ...load,
    mode: 'performance',
    minDurationMs: audit.legMinDurationMs,
    minQueryCount: audit.legMinQueryCount,
    percentile: legPercentile,
    windowCount: 0,
    accuracySampleCount: 0,
    powerRequired: false,
  };
}

function baseLeg(settings: RunSettings, audit: AuditSettings): RunSettings {
  const performanceSampleCount = audit.baseSampleCount ?? settings.performanceSampleCount;
  return { ...legBase(settings, audit), performanceSampleCount };
}

/** @param turn - how many audit legs come before this one */
function auditLeg(settings: RunSettings, audit: AuditSettings, turn: number): RunSettings {
  const { seeds, sameIndex, sampledAnswerCount } = audit;
  const selection = audit.selection ?? (sameIndex === null ? undefined : 'same');
  return {
    ...legBase(settings, audit),
    ...(selection === undefined ? {} : { selection }),
    ...(sameIndex === null ? {} : { sameIndex }),
    ...(seeds.length === 0
      ? {}
      : { seeds: assertDefined(seeds[turn % seeds.length], 'seeds are used in turn') }),
    ...(sampledAnswerCount === 0 ? {} : { accuracyLogSamplingTarget: sampledAnswerCount }),
  };
}

/**
 * The legs of a run's audit in the order they run: ABBA pairs, or audit legs alone where no speed is compared. Pure;
 * empty for a run that is no audit.
 */
export function auditLegs(settings: RunSettings): readonly AuditLegPlan[] {
  const { audit } = settings;
  if (audit === undefined) return [];
  let turn = 0;
  return legRoles(audit).map((role, place) => {
    const legNumber = place + 1;
    const file = legLogFile(legNumber, role);
    if (role === 'base') return { legNumber, role, file, settings: baseLeg(settings, audit) };
    const leg = auditLeg(settings, audit, turn);
    turn += 1;
    return {
      legNumber,
      role,
      file,
      ...(audit.sampledAnswerCount > 0 ? { answersFile: legAnswersFile(legNumber) } : {}),
      settings: leg,
    };
  });
}

/**
 * The settings of a leg once a base leg was measured: as many queries at least. The share of answers that a load keeps
 * follows from the queries it is sure to have, so that a fast device keeps about as many as asked instead of all.
 *
 * @param baseQueryCount - queries of the base leg before it; offline samples
 */
export function sizedLikeBase(plan: AuditLegPlan, baseQueryCount: number): RunSettings {
  const { settings } = plan;
  if (plan.answersFile === undefined || settings.scenario === 'offline') return settings;
  return { ...settings, minQueryCount: Math.max(settings.minQueryCount, baseQueryCount) };
}
