import type { AuditResult, AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import {
  formatCount,
  formatDurationNs,
  formatExact,
  formatExactPercent,
  formatNumber,
} from './format-quantity.ts';
import type { Fact, ReportBlock } from './report-document.ts';
import { leftColumn, rightColumn } from './table-columns.ts';

/** What each audit asks. */
const questions: Readonly<Record<AuditResult['audit'], string>> = {
  'real-results':
    'Does a performance run return the answers of the accuracy run, at its usual speed?',
  'no-caching': 'Is the device faster when it is asked for one sample again and again?',
  'other-seeds': 'Is the device slower in another order and schedule of samples?',
  'token-consistency': 'Are the tokens reported while timing those of the answer?',
  'output-length': 'Are the answers as long as they should be?',
};

/** Name of an audit for people. */
export const auditTitles: Readonly<Record<AuditResult['audit'], string>> = {
  'real-results': 'Real results',
  'no-caching': 'No caching',
  'other-seeds': 'Other seeds',
  'token-consistency': 'Token consistency',
  'output-length': 'Output length',
};

const decisionWords = {
  passed: 'PASSED',
  failed: 'NOT PASSED',
  inconclusive: 'INCONCLUSIVE',
} as const;

/** A thousandth of the latency is more than a bench repeats. */
const ratioDecimals = 4;

/** The ratio of audit to base latency. */
export function ratioText(ratio: NonNullable<AuditResult['ratio']>): string {
  return ratio.value.toFixed(ratioDecimals);
}

/** The interval of the ratio with its confidence. */
export function ratioInterval(ratio: NonNullable<AuditResult['ratio']>): string {
  const { lower, upper, confidence } = ratio;
  const ends = [lower, upper].map((end) => end.toFixed(ratioDecimals)).join(' to ');
  return `[${ends}] at ${formatExactPercent(confidence)}`;
}

const basisWords = {
  'mean-latency': 'mean latency of the legs',
  'median-latency': 'median latency of the legs',
  'time-per-sample': 'time per sample of the legs',
} as const;

/** The limits that decided; those that were set where the record names no others. */
function limitText(
  ratio: NonNullable<AuditResult['ratio']>,
  settings: AuditSettings | undefined,
): string {
  const atLeast = ratio.atLeast ?? settings?.ratioAtLeast ?? null;
  const atMost = ratio.atMost ?? settings?.ratioAtMost ?? null;
  const limits = [
    ...(atLeast === null ? [] : [`at least ${formatExact(atLeast)}`]),
    ...(atMost === null ? [] : [`at most ${formatExact(atMost)}`]),
  ];
  return limits.length === 0 ? 'none' : limits.join(', ');
}

function ratioFacts({ ratio }: AuditResult, settings: AuditSettings | undefined): Fact[] {
  if (ratio === null) return [];
  const basis = ratio.basis === undefined ? '' : `, ${basisWords[ratio.basis]}`;
  const facts = [
    {
      label: 'Audit over base',
      value: `${ratioText(ratio)} ${ratioInterval(ratio)} confidence${basis}; p\u00A0=\u00A0${formatNumber(ratio.pValue, 2)}`,
    },
    { label: 'Limit of the ratio', value: limitText(ratio, settings) },
  ];
  const { driftPerLeg } = ratio;
  if (driftPerLeg === undefined) return facts;
  return [...facts, { label: 'Drift per leg', value: `factor ${formatNumber(driftPerLeg)}` }];
}

/** Counts with their words; those that are 0 or unknown are left out. */
function countWords(
  counts: readonly (readonly [count: number | undefined, words: string])[],
): string {
  return counts
    .filter(([count]) => (count ?? 0) > 0)
    .map(([count, words]) => `, ${formatCount(count ?? 0)} ${words}`)
    .join('');
}

function answerFacts({ answers }: AuditResult, settings: AuditSettings | undefined): Fact[] {
  if (answers === null) return [];
  const { comparedCount, differingCount, largestDifference } = answers;
  const more = countWords([
    [answers.incomparableCount, 'of them of another length or no number'],
    [answers.unmatchedCount, 'without an answer of the accuracy run'],
  ]);
  const tolerance =
    settings === undefined ? '' : `, tolerance ${formatExact(settings.valueTolerance)}`;
  return [
    {
      label: 'Answers compared',
      value: `${formatCount(comparedCount)} whole answers: ${formatCount(differingCount)} differ${more}`,
    },
    {
      label: 'Largest difference',
      value: `${formatNumber(largestDifference)} of any element${tolerance}`,
    },
  ];
}

function tokenFacts({ tokens }: AuditResult): Fact[] {
  if (tokens === null) return [];
  const { meanTokens, meanTokensLower, meanTokensUpper } = tokens;
  const interval =
    meanTokensLower === undefined || meanTokensUpper === undefined
      ? ''
      : ` [${formatNumber(meanTokensLower)} to ${formatNumber(meanTokensUpper)}]`;
  const found = countWords([
    [tokens.firstTokenDifferCount, 'with another first token'],
    [tokens.misplacedEndCount, 'with a misplaced end'],
    [tokens.wrongLengthCount, 'of another length than reported'],
    [tokens.unreportedCount, 'without the report that is needed'],
  ]);
  return [
    { label: 'Token answers', value: `${formatCount(tokens.comparedCount)} looked at${found}` },
    { label: 'Mean length', value: `${formatNumber(meanTokens)} tokens${interval}` },
  ];
}

function legTable({ legs }: AuditResult): ReportBlock[] {
  if (legs.length === 0) return [];
  const hasCompared = legs.some(({ comparedNs }) => comparedNs !== undefined);
  return [
    {
      kind: 'table',
      columns: [
        rightColumn('Leg'),
        leftColumn('Role'),
        rightColumn('Queries'),
        rightColumn('Mean latency'),
        ...(hasCompared ? [rightColumn('Compared')] : []),
        { ...leftColumn('File'), isCode: true },
      ],
      rows: legs.map(({ role, queryCount, meanLatencyNs, comparedNs, file }, place) => [
        String(place + 1),
        role,
        formatCount(queryCount),
        formatDurationNs(meanLatencyNs),
        ...(hasCompared ? [comparedNs === undefined ? '–' : formatDurationNs(comparedNs)] : []),
        file,
      ]),
      note: 'Legs in the order run, on the same board.',
    },
  ];
}

function nextFacts({ advice, pairCountNeeded }: AuditResult): Fact[] {
  const pairs =
    pairCountNeeded === undefined
      ? ''
      : ` ${formatCount(pairCountNeeded)} pairs of legs would probably decide.`;
  return advice === undefined || advice === ''
    ? []
    : [{ label: 'What to do next', value: `${advice}${pairs}` }];
}

/** What the audit asked, by which rule it was decided, and what it found; nothing in a run that was none. */
export function auditBlocks({ results, settings }: RunRecord): ReportBlock[] {
  const { audit } = results;
  if (audit === undefined) return [];
  const rule = settings.audit?.rule;
  const facts: Fact[] = [
    { label: 'Question', value: questions[audit.audit] },
    ...(rule === undefined ? [] : [{ label: 'Decision rule', value: rule }]),
    { label: 'Decision', value: `${decisionWords[audit.decision]}: ${audit.reason}` },
    ...ratioFacts(audit, settings.audit),
    ...answerFacts(audit, settings.audit),
    ...tokenFacts(audit),
    ...nextFacts(audit),
  ];
  return [
    { kind: 'subheading', text: `Compliance audit: ${auditTitles[audit.audit]}` },
    { kind: 'facts', facts },
    ...legTable(audit),
  ];
}
