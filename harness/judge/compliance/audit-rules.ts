import type { AuditResult, AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { Results, RuleOutcome, RunSettings } from '#harness/contracts/records/run-record.ts';

import { completedShareAtLeast } from './speed-finding.ts';

/** What the rules of audits look at; `RuleContext` has it. */
export interface AuditRuleContext {
  readonly settings: RunSettings;
  readonly results: Results;
}

/** A measured value, and the limit that it is held against. */
type Measured = Pick<RuleOutcome, 'measured' | 'limit' | 'unit'>;

/** What a device is asked to do when it fails. */
const remedies: Readonly<Record<AuditSettings['audit'], string>> = {
  'real-results': 'The device must do the same work under load as in the accuracy run.',
  'no-caching': 'The device must compute every query anew: switch off caches of results.',
  'other-seeds': 'The device must not be tuned to the seeds of the base legs.',
  'token-consistency': 'The device must report the tokens that it answers.',
  'output-length': 'The device must end its answers where the reference does.',
};

/** How many legs or pairs there are, and how many would decide. */
function pairsMeasured(result: AuditResult | undefined, audit: AuditSettings): Measured {
  const measured = result?.ratio?.pairCount ?? result?.legs.length ?? 0;
  return { measured, limit: result?.pairCountNeeded ?? audit.pairCount, unit: 'pairs' };
}

/** Whether the audit could be decided at all. */
export function auditConclusive({ settings, results }: AuditRuleContext): RuleOutcome | undefined {
  const { audit } = settings;
  if (audit === undefined) return undefined;
  const result = results.audit;
  const met = result !== undefined && result.decision !== 'inconclusive';
  const value = result?.pairCountNeeded;
  const measured = pairsMeasured(result, audit);
  return {
    rule: 'audit-conclusive',
    kind: 'validity',
    met,
    ...measured,
    advice: met
      ? ''
      : `${result?.reason ?? 'No leg of the audit ended.'} ${result?.advice ?? 'Run the audit again.'}`,
    distance: met ? 0 : Math.max(0, measured.limit - measured.measured),
    ...(met || value === undefined ? {} : { next: { setting: 'pairCount', value } }),
  };
}

function isOutside(value: number, atLeast: number | null, atMost: number | null): boolean {
  return (atLeast !== null && value < atLeast) || (atMost !== null && value > atMost);
}

/** The limit of the two that a value is nearest to, or past. */
function nearestLimit(value: number, atLeast: number | null, atMost: number | null): number {
  if (atLeast === null) return atMost ?? value;
  if (atMost === null) return atLeast;
  return value - atLeast < atMost - value ? atLeast : atMost;
}

function lengthMeasured({ tokens }: AuditResult, audit: AuditSettings): Measured | undefined {
  if (tokens === null) return undefined;
  if (audit.audit === 'output-length') {
    const measured = tokens.meanTokens;
    const limit = nearestLimit(measured, audit.meanTokensAtLeast, audit.meanTokensAtMost);
    return { measured, limit, unit: 'tokens' };
  }
  const measured =
    tokens.firstTokenDifferCount + tokens.misplacedEndCount + tokens.wrongLengthCount;
  return { measured, limit: 0, unit: 'faults of answers' };
}

function shareMeasured({ legs }: AuditResult, audit: AuditSettings): Measured | undefined {
  const shares = legs.flatMap(({ role, completedShare }) =>
    role === 'audit' && completedShare !== undefined ? [completedShare] : [],
  );
  const measured = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return audit.ratioAtMost !== null && measured < completedShareAtLeast
    ? { measured, limit: completedShareAtLeast, unit: 'of the arrival rate' }
    : undefined;
}

/** The number that decided: answers before speed, for a wrong answer needs no statistics. */
function decidingMeasured(result: AuditResult, audit: AuditSettings): Measured {
  const { answers, ratio } = result;
  if (answers !== null && (answers.differingCount > 0 || ratio === null))
    return { measured: answers.differingCount, limit: 0, unit: 'differing answers' };
  const length = lengthMeasured(result, audit);
  if (length !== undefined) return length;
  const { value = 1, atLeast = null, atMost = null } = ratio ?? {};
  const share = isOutside(value, atLeast, atMost) ? undefined : shareMeasured(result, audit);
  return (
    share ?? {
      measured: value,
      limit: nearestLimit(value, atLeast, atMost),
      unit: 'times the base',
    }
  );
}

/** Whether the device passed; says nothing while the audit is open. */
export function auditPassed({ settings, results }: AuditRuleContext): RuleOutcome | undefined {
  const { audit } = settings;
  const result = results.audit;
  if (audit === undefined || result === undefined || result.decision === 'inconclusive')
    return undefined;
  const met = result.decision === 'passed';
  const measured = decidingMeasured(result, audit);
  return {
    rule: 'audit-passed',
    kind: 'limit',
    met,
    ...measured,
    advice: met ? '' : `${result.reason} ${remedies[audit.audit]}`,
    distance: met ? 0 : Math.abs(measured.measured - measured.limit),
  };
}

/** Both rules of audits: inconclusive is a validity rule unmet, failed a limit unmet. Empty for a run that is no audit. */
export function auditRules(context: AuditRuleContext): RuleOutcome[] {
  return [auditConclusive(context), auditPassed(context)].flatMap((outcome) => outcome ?? []);
}
