import type { AnswerDetails } from './load-target.ts';
import type { QueryAnswer } from './query-target.ts';

/** What is kept of an answer beside its output; undefined when the device told nothing. */
export function answerDetails(answer: QueryAnswer): AnswerDetails | undefined {
  const { deviceDurationNs, tokens } = answer;
  if (tokens === undefined)
    return deviceDurationNs === undefined ? undefined : { deviceDurationNs };
  const told = { firstTokenAtNs: tokens.firstTokenAtNs, tokenCount: tokens.ids.length };
  return deviceDurationNs === undefined ? told : { deviceDurationNs, ...told };
}
