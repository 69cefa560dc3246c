import type { AuditResult } from '#harness/contracts/records/audit-record.ts';

import { decideInterval, type Finding } from './decision.ts';
import { isTokenAnswer, type TokenAnswer } from './leg-answers.ts';
import type { AuditRun, MeasuredLeg } from './measured-leg.ts';
import { answerLength, checkTokens, type AnswerLength, type TokenChecks } from './token-checks.ts';

/** What the look at tokens gave. */
export interface TokensOutcome {
  readonly finding: Finding;
  readonly tokens: NonNullable<AuditResult['tokens']>;
}

const noAnswers: Finding = {
  decision: 'inconclusive',
  clause: 'no answers of tokens were kept',
  advice: 'Use a board and a suite whose answers are tokens.',
};

/** Offline reports no first token, so only there none is asked for. */
function unreportedCount(checks: TokenChecks, run: AuditRun): number {
  const { unreportedFirstCount, unreportedLengthCount } = checks;
  return run.settings.scenario === 'offline'
    ? unreportedLengthCount
    : Math.max(unreportedFirstCount, unreportedLengthCount);
}

function consistencyFinding(checks: TokenChecks, run: AuditRun): Finding {
  const { comparedCount, firstTokenDifferCount, misplacedEndCount, wrongLengthCount } = checks;
  if (comparedCount === 0) return noAnswers;
  if (firstTokenDifferCount + misplacedEndCount + wrongLengthCount > 0)
    return {
      decision: 'failed',
      clause: `of ${comparedCount} answers ${firstTokenDifferCount} begin with another token than was reported first, ${misplacedEndCount} go on after an end token and ${wrongLengthCount} have another number of tokens than was reported`,
    };
  const unreported = unreportedCount(checks, run);
  if (unreported > 0)
    return {
      decision: 'inconclusive',
      clause: `${unreported} of ${comparedCount} answers came without a report of their first token or of their number of tokens`,
      advice: 'Let the driver report the first token and the number of tokens of every answer.',
    };
  return {
    decision: 'passed',
    clause: `all ${comparedCount} answers begin with the token that was reported first, hold no end token but at the end, and have as many tokens as was reported`,
  };
}

function lengthFinding(length: AnswerLength, { settings, audit }: AuditRun): Finding {
  if (length.sampleCount === 0) return noAnswers;
  const limits = { atLeast: audit.meanTokensAtLeast, atMost: audit.meanTokensAtMost };
  const decision = decideInterval(length, limits);
  const percent = Number((audit.confidence * 100).toFixed(2));
  const interval = Number.isFinite(length.lower)
    ? ` (${percent} % interval ${length.lower.toFixed(2)} to ${length.upper.toFixed(2)})`
    : '';
  const clause = `answers to ${length.sampleCount} of ${settings.performanceSampleCount} samples have ${length.meanTokens.toFixed(2)} tokens on average${interval}, allowed are ${audit.meanTokensAtLeast} to ${audit.meanTokensAtMost}`;
  if (decision !== 'inconclusive') return { decision, clause };
  const advice = `Set minQueryCount to ${settings.performanceSampleCount} or more, so that every sample is answered.`;
  return { decision, clause, advice };
}

function tokenAnswers(legs: readonly MeasuredLeg[]): TokenAnswer[] {
  return legs
    .filter(({ role }) => role === 'audit')
    .flatMap(({ answers = [] }) => answers.filter((answer) => isTokenAnswer(answer)));
}

/** Looks at the tokens of the answers that the audit legs kept: each in itself, or how long they are. */
export function tokensOutcome(legs: readonly MeasuredLeg[], run: AuditRun): TokensOutcome {
  const { settings, audit } = run;
  const answers = tokenAnswers(legs);
  const checks = checkTokens(answers, audit.endTokenId);
  const length = answerLength(answers, {
    setSampleCount: settings.performanceSampleCount,
    confidence: audit.confidence,
  });
  const { comparedCount, firstTokenDifferCount, misplacedEndCount, wrongLengthCount } = checks;
  const { meanTokens, lower, upper } = length;
  return {
    finding:
      audit.audit === 'output-length'
        ? lengthFinding(length, run)
        : consistencyFinding(checks, run),
    tokens: {
      comparedCount,
      firstTokenDifferCount,
      misplacedEndCount,
      wrongLengthCount,
      meanTokens,
      ...(Number.isFinite(lower) ? { meanTokensLower: lower, meanTokensUpper: upper } : {}),
      unreportedCount: unreportedCount(checks, run),
    },
  };
}
