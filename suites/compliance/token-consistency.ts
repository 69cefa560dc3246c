import { defineAudit } from '#harness/contracts/define-audit.ts';

import { answerLegs } from './leg-length.ts';
import { noAuditChecks, searchRefusal } from './no-audit-checks.ts';

/** Answers that are looked at, over all legs: the reference's number. */
const answerCount = 100;

/** Whether the device reports the tokens that it answers. */
export const tokenConsistency = defineAudit({
  id: 'token-consistency',
  version: '1.0.0',
  title: 'Consistent tokens',
  question: 'Are first token, end and length of an answer those that the device reported?',
  method: 'Two loads of 50 queries keep every answer with what was reported while it came.',
  refusal: (base, options) =>
    options?.tokens === undefined
      ? 'the suite does not say that its model answers in tokens'
      : searchRefusal(base),
  settings: (base, options) => {
    const legs = answerLegs(Math.ceil(answerCount / (options?.pairCount ?? 2)), options);
    const endTokenId = options?.tokens?.endTokenId ?? null;
    const first =
      base.scenario === 'offline' ? '' : 'its first token is the one that was reported first, ';
    const end =
      endTokenId === null ? '' : `the end token ${endTokenId} stands at its end or nowhere, `;
    return {
      ...noAuditChecks,
      audit: 'token-consistency',
      version: '1.0.0',
      ...legs,
      selection: 'normal',
      sampledAnswerCount: legs.legMinQueryCount * (base.samplesPerQuery ?? 1),
      endTokenId,
      rule: `Passed when of every answer ${first}${end}and its number of tokens is the one that was reported; failed when one answer breaks this; inconclusive when the device did not report it.`,
    };
  },
});
