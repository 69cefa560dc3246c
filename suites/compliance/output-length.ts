import { defineAudit } from '#harness/contracts/define-audit.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { answerLegs } from './leg-length.ts';
import { noAuditChecks, searchRefusal } from './no-audit-checks.ts';

const shareAtLeast = 0.9;
const shareAtMost = 1.1;

/** A limit of a mean, to hundredths of a token. */
function rounded(tokens: number): number {
  return Math.round(tokens * 100) / 100;
}

/** Whether the device answers at full length. */
export const outputLength = defineAudit({
  id: 'output-length',
  version: '1.0.0',
  title: 'Output length',
  question: 'Are answers as long as the reference, neither cut nor padded?',
  method: 'Two loads answer every performance sample at least once each and keep every answer.',
  refusal: (base, options) =>
    options?.tokens?.referenceMeanTokens === undefined
      ? 'the suite names no referenceMeanTokens, the mean length of the right answers'
      : searchRefusal(base),
  settings: (base, options) => {
    const reference = assertDefined(
      options?.tokens?.referenceMeanTokens,
      'refused without a reference',
    );
    const legs = answerLegs(
      Math.ceil(base.performanceSampleCount / (base.samplesPerQuery ?? 1)),
      options,
    );
    const [least, most] = [rounded(reference * shareAtLeast), rounded(reference * shareAtMost)];
    return {
      ...noAuditChecks,
      audit: 'output-length',
      version: '1.0.0',
      ...legs,
      selection: 'equal-issue',
      sampledAnswerCount: legs.legMinQueryCount * (base.samplesPerQuery ?? 1),
      endTokenId: options?.tokens?.endTokenId ?? null,
      meanTokensAtLeast: least,
      meanTokensAtMost: most,
      rule: `Passed when answers have ${least} to ${most} tokens on average over all performance samples (the reference has ${reference}; limits are 10 % either way); failed when they do not; inconclusive when too few samples were answered to tell at 99 %.`,
    };
  },
});
