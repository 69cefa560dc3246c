import { describe, expect, it } from 'vitest';

import { compareAnswers, largestDifferenceOf } from './answer-comparison.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

function floats(...values: number[]): Float32Array {
  return Float32Array.from(values);
}

describe('largest difference of two answers', () => {
  it.each([
    [[1, 2, 3], [1, 2, 3], 0],
    [[1, 2, 3], [1, 2.5, 2.75], 0.5],
    [[0], [-0], 0],
    [[nan, 1], [nan, 1.5], 0.5],
    [[infinity, -infinity], [infinity, -infinity], 0],
    [[nan], [0], undefined],
    [[infinity], [-infinity], undefined],
    [[1], [infinity], undefined],
    [[1], [1, 2], undefined],
    [[], [], 0],
  ])('of %j and %j is %s', (left, right, difference) => {
    expect(largestDifferenceOf(floats(...left), floats(...right))).toBe(difference);
    expect(largestDifferenceOf(floats(...right), floats(...left))).toBe(difference);
  });
});

describe('compare answers', () => {
  const accuracy = [
    { sampleIndex: 4, output: floats(0.25, 0.75) },
    { sampleIndex: 9, output: floats(1, 0) },
  ];

  it('looks at every value, not only the first', () => {
    const answers = [
      { sampleIndex: 4, output: floats(0.25, 0.75) },
      { sampleIndex: 4, output: floats(0.25, 0.5) },
      { sampleIndex: 9, output: floats(1, 0) },
    ];
    expect(compareAnswers(answers, accuracy, 1e-5)).toEqual({
      comparedCount: 3,
      differingCount: 1,
      incomparableCount: 0,
      largestDifference: 0.25,
      unmatchedCount: 0,
    });
  });

  it('counts a difference of exactly the tolerance as none', () => {
    const answers = [{ sampleIndex: 9, output: floats(0.75, 0) }];
    expect(compareAnswers(answers, accuracy, 0.25).differingCount).toBe(0);
    expect(compareAnswers(answers, accuracy, 0.249).differingCount).toBe(1);
  });

  it('counts NaN against a number as a difference that has no size', () => {
    const answers = [{ sampleIndex: 9, output: floats(nan, 0) }];
    expect(compareAnswers(answers, accuracy, 1)).toMatchObject({
      differingCount: 1,
      incomparableCount: 1,
      largestDifference: 0,
    });
  });

  it('compares no sample that the accuracy run did not answer, and says how many', () => {
    const answers = [{ sampleIndex: 5, output: floats(1, 0) }];
    expect(compareAnswers(answers, accuracy, 0)).toMatchObject({
      comparedCount: 0,
      unmatchedCount: 1,
    });
  });
});
