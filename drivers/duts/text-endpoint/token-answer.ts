import type { InferenceAnswer } from '#harness/contracts/dut.ts';

import type { StreamedAnswer } from './answer-reader.ts';
import type { TokenCounter } from './answer-tokens.ts';

type Tokens = NonNullable<InferenceAnswer['tokens']>;

/** How the tokens of an answer are counted. */
export interface TokenCounting {
  readonly count: TokenCounter;
  /** Tokens by which the server's count may differ: some count the token that ends an answer. */
  readonly usageTolerance: number;
}

/** Tokens that are counted when somebody looks, which is after the answer's completion was stamped. */
export interface TokenAnswer {
  readonly tokens: Tokens;
  /** The two counts, where they differ by more than the tolerance. */
  readonly difference: () =>
    | { readonly countedTokens: number; readonly reportedTokens: number }
    | undefined;
}

/** The tokens of a whole answer that has text. */
export function tokenAnswer(
  answer: StreamedAnswer & { readonly first: NonNullable<StreamedAnswer['first']> },
  { count, usageTolerance }: TokenCounting,
): TokenAnswer {
  const { text, first, reportedCount } = answer;
  let counted: readonly number[] | undefined;
  let firstId: number | undefined;
  const ids = (): readonly number[] => (counted ??= count(text));
  const differs = (reported: number): boolean => Math.abs(reported - ids().length) > usageTolerance;

  const ofFirst = (): number => (firstId ??= count(first.text)[0] ?? -1);

  // Getters, so that nothing is counted before the completion is stamped; a spread would call them.
  const plain: Tokens = {
    firstTokenAtNs: first.atNs,
    get ids() {
      return ids();
    },
    get firstId() {
      return ofFirst();
    },
  };
  if (reportedCount === undefined) return { tokens: plain, difference: () => undefined };
  const tokens: Tokens = {
    firstTokenAtNs: first.atNs,
    get ids() {
      return ids();
    },
    get firstId() {
      return ofFirst();
    },
    get reportedCount() {
      return differs(reportedCount) ? reportedCount : ids().length;
    },
  };
  return {
    tokens,
    difference: () =>
      differs(reportedCount)
        ? { countedTokens: ids().length, reportedTokens: reportedCount }
        : undefined,
  };
}
