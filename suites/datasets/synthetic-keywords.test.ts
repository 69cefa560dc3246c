import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { SampleSplit } from './sample-request.ts';
import { keywordEvaluationCount, keywordLabels, keywordSample } from './synthetic-keywords.ts';

function sampleSha256(split: SampleSplit, sampleIndex: number): string {
  return createHash('sha256').update(keywordSample({ split, sampleIndex }).pcm).digest('hex');
}

describe('synthetic keywords', () => {
  it('gives the first 3 evaluation samples these bytes on every platform', () => {
    expect([0, 1, 2].map((sampleIndex) => sampleSha256('evaluation', sampleIndex))).toEqual([
      'cdc31c75e5cddefdd19574130143dc270e49d0afa11858aa28d6fe8b3664ed2a',
      'd7ffeb8b75e306cffd1620d29d60513f355b22eab1699e41897bd68838c9203c',
      '724907488b63edf7850bd27dac17f229267c7b577303d7cf3cbd2db09b05b160',
    ]);
  });

  it('gives sample 7 the same bytes whatever was asked before', () => {
    const first = sampleSha256('train', 7);
    keywordSample({ split: 'train', sampleIndex: 8 });
    expect(sampleSha256('train', 7)).toBe(first);
  });

  it('deals the 12 labels evenly over the evaluation split', () => {
    const counts = keywordLabels.map(() => 0);
    for (let sampleIndex = 0; sampleIndex < keywordEvaluationCount; sampleIndex += 1) {
      const { label } = keywordSample({ split: 'evaluation', sampleIndex });
      counts[label] = (counts[label] ?? 0) + 1;
    }
    expect(counts).toHaveLength(12);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('has no sample twice in the first 100 of its three splits', () => {
    const splits = ['train', 'validation', 'evaluation'] as const;
    const digests = splits.flatMap((split) =>
      Array.from({ length: 100 }, (_, sampleIndex) => sampleSha256(split, sampleIndex)),
    );
    expect(new Set(digests).size).toBe(300);
  });

  it('holds 16000 samples, loud enough to hear and seldom clipped', () => {
    const { pcm } = keywordSample({ split: 'train', sampleIndex: 0 });
    const peak = pcm.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(pcm).toHaveLength(16_000);
    expect(peak).toBeGreaterThan(300);
    expect(pcm.filter((value) => value === 32_767).length).toBeLessThan(800);
  });
});
