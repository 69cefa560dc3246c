import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { scoreDetections } from './detection-score.ts';

/** As the public runner does it. */
const usual = { toleranceMs: 2000, debounceMs: 1000 } as const;

describe('detections of a stream', () => {
  const words = [
    { startMs: 2000, endMs: 2600 },
    { startMs: 10_000, endMs: 10_700 },
  ];

  it('count from the first pulse, which is none itself', () => {
    const score = scoreDetections({ ...usual, words, pulsesMs: [400, 3000, 11_300] });
    expect(score).toEqual({ heard: [0, 1], missed: [], falseAtMs: [] });
    const silent = scoreDetections({ ...usual, words, pulsesMs: [400] });
    expect(silent).toEqual({ heard: [], missed: [0, 1], falseAtMs: [] });
  });

  it('are of a word from its start to 2 s after its end, both included', () => {
    const pulsesMs = [0, 1999, 2000, 4600, 4601];
    const score = scoreDetections({ ...usual, words, pulsesMs });
    expect(score).toEqual({ heard: [0], missed: [1], falseAtMs: [1999, 4601] });
  });

  it('with the tolerance of the README, 1 s, are false where the code takes them for right', () => {
    const pulsesMs = [0, 4000];
    expect(scoreDetections({ ...usual, words, pulsesMs }).heard).toEqual([0]);
    const strict = scoreDetections({ ...usual, toleranceMs: 1000, words, pulsesMs });
    expect(strict).toEqual({ heard: [], missed: [0, 1], falseAtMs: [4000] });
  });

  it('that are false count once a second', () => {
    const pulsesMs = [0, 20_000, 20_400, 21_000, 21_001, 22_500];
    const { falseAtMs } = scoreDetections({ ...usual, words: [], pulsesMs });
    expect(falseAtMs).toEqual([20_000, 21_001, 22_500]);
  });

  it('that fit two words are those of the first', () => {
    const near = [
      { startMs: 1000, endMs: 1500 },
      { startMs: 2000, endMs: 2500 },
    ];
    const score = scoreDetections({ ...usual, words: near, pulsesMs: [0, 2100, 2200] });
    expect(score).toEqual({ heard: [0], missed: [1], falseAtMs: [] });
  });

  it('never lose a word: heard and missed are all of them, whatever the pulses', () => {
    const property = fc.property(
      fc.array(fc.nat(60_000), { maxLength: 40 }),
      fc.nat(10),
      (values, wordCount) => {
        const pulsesMs = values.toSorted((left, right) => left - right);
        const many = Array.from({ length: wordCount }, (_, index) => ({
          startMs: index * 6000 + 1000,
          endMs: index * 6000 + 1600,
        }));
        const { heard, missed, falseAtMs } = scoreDetections({ ...usual, words: many, pulsesMs });
        expect([...heard, ...missed].toSorted((left, right) => left - right)).toEqual(
          many.map((_, index) => index),
        );
        expect(falseAtMs.length).toBeLessThanOrEqual(Math.max(0, pulsesMs.length - 1));
      },
    );
    fc.assert(property);
  });
});
