import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { keywordSample } from '#suites/datasets/synthetic-keywords.ts';

import { mfccFeatures, mfccScale, mfccZeroPoint } from './mfcc-features.ts';

const filterCount = 40;

function tone(frequencyHz: number): Int16Array {
  return Int16Array.from({ length: 16_000 }, (_, n) =>
    Math.round(8000 * Math.sin((2 * Math.PI * frequencyHz * n) / 16_000)),
  );
}

/** The filter at which the smoothed log spectrum that the kept coefficients describe is highest. */
function peakFilter(features: Int8Array, frame: number): number {
  const coefficients = Array.from(
    features.slice(frame * 10, frame * 10 + 10),
    (byte) => (byte - mfccZeroPoint) * mfccScale,
  );
  const heights = Array.from({ length: filterCount }, (_, m) =>
    coefficients.reduce(
      (sum, value, k) =>
        sum + (k === 0 ? 0 : value * Math.cos((Math.PI * k * (m + 0.5)) / filterCount)),
      0,
    ),
  );
  return heights.indexOf(Math.max(...heights));
}

function mel(frequencyHz: number): number {
  return 1127 * Math.log(1 + frequencyHz / 700);
}

/** The filter, counted in fractions, whose centre lies at a frequency. */
function filterAt(frequencyHz: number): number {
  return ((mel(frequencyHz) - mel(20)) / (mel(4000) - mel(20))) * (filterCount + 1) - 1;
}

describe('mfcc features', () => {
  it.each([500, 1000, 2000, 3000])('peak within 2 filters of a tone of %i Hz', (frequencyHz) => {
    const features = mfccFeatures(tone(frequencyHz));
    for (const frame of [0, 24, 48]) {
      expect(Math.abs(peakFilter(features, frame) - filterAt(frequencyHz))).toBeLessThan(2);
    }
  });

  it('give digital silence 49 times the same 10 bytes, only the first off the zero point', () => {
    const features = mfccFeatures(new Int16Array(16_000));
    const frame = Array.from(features.slice(0, 10));
    // sqrt(2 / 40) * 40 * ln(0.001) / 0.4 + 27 = -127.4
    expect(frame).toEqual([-127, 27, 27, 27, 27, 27, 27, 27, 27, 27]);
    expect([...features]).toEqual(Array.from({ length: 49 }, () => frame).flat());
  });

  it('see a click at 0.5 s only in frame 24, for frame 25 begins on it with weight 0', () => {
    const pcm = new Int16Array(16_000);
    pcm[8000] = 20_000;
    const features = mfccFeatures(pcm);
    const loud = Array.from({ length: 49 }, (_, frame) => frame).filter(
      (frame) => (features[frame * 10] ?? 0) > -127,
    );
    expect(loud).toEqual([24]);
  });

  it('give evaluation sample 0 these 490 bytes on every platform', () => {
    const { pcm } = keywordSample({ split: 'evaluation', sampleIndex: 0 });
    const features = mfccFeatures(pcm);
    expect(features).toHaveLength(490);
    expect(createHash('sha256').update(features).digest('hex')).toBe(
      '180da54eaa1539991cc227dc95d99d0c9e7a2c301b1604615d70f1bc38479735',
    );
  });

  it('refuse 15999 samples', () => {
    expect(() => mfccFeatures(new Int16Array(15_999))).toThrow(RangeError);
  });
});
