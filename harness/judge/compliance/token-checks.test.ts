import { describe, expect, it } from 'vitest';

import { answerLength, checkTokens, hasMisplacedEnd } from './token-checks.ts';

describe('end token', () => {
  it.each([
    [[5, 6, 2], false],
    [[5, 6], false],
    [[2], false],
    [[], false],
    [[5, 2, 6], true],
    [[5, 2, 2], true],
    [[2, 2], true],
  ])('2 in %j is misplaced: %s', (tokenIds, isMisplaced) => {
    expect(hasMisplacedEnd(tokenIds, 2)).toBe(isMisplaced);
  });
});

describe('check tokens', () => {
  it('counts each kind of fault, and what was not reported', () => {
    const answers = [
      { sampleIndex: 0, tokenIds: [5, 6, 2], firstTokenId: 5, tokenCount: 3 },
      { sampleIndex: 1, tokenIds: [5, 6, 2], firstTokenId: 9, tokenCount: 3 },
      { sampleIndex: 2, tokenIds: [5, 2, 6], firstTokenId: 5, tokenCount: 3 },
      { sampleIndex: 3, tokenIds: [5, 6], firstTokenId: 5, tokenCount: 3 },
      { sampleIndex: 4, tokenIds: [], tokenCount: 0 },
      { sampleIndex: 5, tokenIds: [7] },
    ];
    expect(checkTokens(answers, 2)).toEqual({
      comparedCount: 6,
      firstTokenDifferCount: 1,
      misplacedEndCount: 1,
      wrongLengthCount: 2,
      unreportedFirstCount: 2,
      unreportedLengthCount: 1,
    });
    expect(checkTokens(answers, null).misplacedEndCount).toBe(0);
  });
});

function lengths(...counts: number[]): { sampleIndex: number; tokenIds: number[] }[] {
  return counts.map((count, sampleIndex) => ({
    sampleIndex,
    tokenIds: Array.from({ length: count }, () => 1),
  }));
}

describe('answer length', () => {
  it('has no width once every sample was answered', () => {
    expect(answerLength(lengths(1, 2, 6), { setSampleCount: 3, confidence: 0.99 })).toEqual({
      meanTokens: 3,
      sampleCount: 3,
      lower: 3,
      upper: 3,
    });
  });

  it('counts a sample that was asked three times once', () => {
    const often = lengths(2, 8).concat({ sampleIndex: 0, tokenIds: [1, 1] }, lengths(2));
    const length = answerLength(often, { setSampleCount: 2, confidence: 0.99 });
    expect(length.meanTokens).toBe(5);
  });

  it('has the t-interval of the samples that were answered, narrower the more of the set they are', () => {
    // Deviation 1, error 1 / sqrt(3), t(0.95, 2) = 4.3027; the finite set takes sqrt(1 - 3 / 12) of it.
    const { lower, upper } = answerLength(lengths(4, 5, 6), {
      setSampleCount: 12,
      confidence: 0.95,
    });
    expect(upper - 5).toBeCloseTo((4.3027 / Math.sqrt(3)) * Math.sqrt(0.75), 3);
    expect(5 - lower).toBeCloseTo(upper - 5, 12);
  });

  it('is unknown from one of several samples, and from none', () => {
    const estimation = { setSampleCount: 9, confidence: 0.95 };
    expect(answerLength(lengths(4), estimation)).toMatchObject({ lower: -Infinity, meanTokens: 4 });
    expect(answerLength([], estimation)).toMatchObject({ upper: Infinity, sampleCount: 0 });
  });
});
