import type { AuditLeg, AuditResult } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { AccuracyEntry } from '../raw/accuracy-log.ts';
import { unreadable } from '../raw/unreadable.ts';
import { answersOutcome } from './answers-finding.ts';
import { worstDecision, type Finding } from './decision.ts';
import { legListFile, type AuditLegEvidence } from './leg-files.ts';
import { comparesAnswers, comparesSpeed, legRoles } from './leg-roles.ts';
import { legSpeed } from './leg-speed.ts';
import { legsFinding, type AuditRun, type MeasuredLeg } from './measured-leg.ts';
import { compareSpeed, keepingUp } from './speed-finding.ts';
import { tokensOutcome } from './tokens-finding.ts';

/** The raw data that an audit is decided from; `RawEvidence` has it. */
export interface AuditEvidence {
  readonly legs?: readonly AuditLegEvidence[];
  readonly accuracy?: readonly AccuracyEntry[];
}

function measuredLegs(
  legs: readonly AuditLegEvidence[],
  { settings, audit }: AuditRun,
): MeasuredLeg[] {
  const planned = legRoles(audit);
  return legs.map((leg, place) => {
    if (leg.role !== planned[place])
      throw unreadable(
        legListFile,
        `leg ${place + 1} is of role ${leg.role}, the settings say ${planned[place] ?? 'that there is none'}`,
      );
    return { ...leg, speed: legSpeed(leg.log, settings.scenario) };
  });
}

function legRecord({ role, file, speed }: MeasuredLeg, { settings }: AuditRun): AuditLeg {
  const { queryCount, meanLatencyNs, comparedNs, completedShare } = speed;
  const share = settings.scenario === 'server' ? { completedShare } : {};
  return { role, file, queryCount, meanLatencyNs, comparedNs, ...share };
}

/** What each part says, and its numbers. */
interface Parts extends Pick<AuditResult, 'ratio' | 'answers' | 'tokens'> {
  readonly findings: readonly Finding[];
}

/** Legs that are not as planned decide nothing about speed; their ratio is stated all the same. */
function speedParts(
  legs: readonly MeasuredLeg[],
  run: AuditRun,
): Pick<Parts, 'ratio' | 'findings'> {
  const incomplete = legsFinding(legs, run.audit);
  if (!comparesSpeed(run.audit))
    return { ratio: null, findings: incomplete === undefined ? [] : [incomplete] };
  const { ratio, finding } = compareSpeed(legs, run);
  if (incomplete !== undefined) return { ratio, findings: [incomplete] };
  return { ratio, findings: [finding, keepingUp(legs, run) ?? []].flat() };
}

function partsOf(raw: AuditEvidence, legs: readonly MeasuredLeg[], run: AuditRun): Parts {
  const speed = speedParts(legs, run);
  if (comparesAnswers(run.audit)) {
    const outcome = answersOutcome(legs, raw.accuracy ?? [], run.audit.valueTolerance);
    const findings = [...speed.findings, outcome.finding];
    return { ...speed, findings, answers: outcome.answers, tokens: null };
  }
  if (run.audit.audit === 'token-consistency' || run.audit.audit === 'output-length') {
    const outcome = tokensOutcome(legs, run);
    const findings = [...speed.findings, outcome.finding];
    return { ...speed, findings, answers: null, tokens: outcome.tokens };
  }
  return { ...speed, answers: null, tokens: null };
}

/** The clauses that decided, as one sentence. */
function sentence(clauses: readonly string[]): string {
  const text = clauses.join('; ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/**
 * What an audit found, from the raw data alone.
 *
 * @returns undefined when the run is no audit, or none of its legs ended
 * @throws LabError evidence/unreadable when the legs are not those that the settings plan
 */
export function auditResult(raw: AuditEvidence, settings: RunSettings): AuditResult | undefined {
  const { audit } = settings;
  if (audit === undefined || raw.legs === undefined) return undefined;
  const run: AuditRun = { settings, audit };
  const legs = measuredLegs(raw.legs, run);
  const { findings, ratio, answers, tokens } = partsOf(raw, legs, run);
  const decision = worstDecision(findings);
  const deciding = findings.filter((finding) => finding.decision === decision);
  const advice = deciding.flatMap((finding) => finding.advice ?? []).join(' ');
  const pairCounts = deciding.flatMap((finding) => finding.pairCountNeeded ?? []);
  return {
    audit: audit.audit,
    decision,
    reason: sentence(deciding.map(({ clause }) => clause)),
    legs: legs.map((leg) => legRecord(leg, run)),
    ratio,
    answers,
    tokens,
    ...(advice === '' ? {} : { advice }),
    // More pairs help only when nothing else is open.
    ...(pairCounts.length > 0 && pairCounts.length === deciding.length
      ? { pairCountNeeded: Math.max(...pairCounts) }
      : {}),
  };
}
