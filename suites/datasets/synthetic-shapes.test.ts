import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { SampleSplit } from './sample-request.ts';
import { shapeEvaluationCount, shapeLabels, shapeSample } from './synthetic-shapes.ts';

function sampleSha256(split: SampleSplit, sampleIndex: number): string {
  return createHash('sha256').update(shapeSample({ split, sampleIndex }).rgb).digest('hex');
}

describe('synthetic shapes', () => {
  it('gives the first 3 evaluation samples these bytes on every platform', () => {
    expect([0, 1, 2].map((sampleIndex) => sampleSha256('evaluation', sampleIndex))).toEqual([
      '96967995952e7c13a5c047ea46206b634a8cb49da5e7857e9a1e878b6f2aa4e2',
      'eaf7de48eb672ea1a6fc8d91a6f5c42e7f91f4296d686ee4e6da91b769718fc8',
      'e1ba14988c82c033c05fe5f24f5d3931584ee4450e954103f1496cb054a36649',
    ]);
  });

  it('gives sample 7 the same bytes whatever was asked before', () => {
    const first = sampleSha256('train', 7);
    shapeSample({ split: 'train', sampleIndex: 8 });
    expect(sampleSha256('train', 7)).toBe(first);
  });

  it('deals the 10 labels evenly over the evaluation split', () => {
    const counts = shapeLabels.map(() => 0);
    for (let sampleIndex = 0; sampleIndex < shapeEvaluationCount; sampleIndex += 1) {
      const { label } = shapeSample({ split: 'evaluation', sampleIndex });
      counts[label] = (counts[label] ?? 0) + 1;
    }
    expect(counts).toHaveLength(10);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('has no sample twice in the first 100 of its three splits', () => {
    const splits = ['train', 'validation', 'evaluation'] as const;
    const digests = splits.flatMap((split) =>
      Array.from({ length: 100 }, (_, sampleIndex) => sampleSha256(split, sampleIndex)),
    );
    expect(new Set(digests).size).toBe(300);
  });

  it('holds 3072 bytes that use more than 20 levels', () => {
    const { rgb } = shapeSample({ split: 'train', sampleIndex: 0 });
    expect(rgb).toHaveLength(3072);
    expect(new Set(rgb).size).toBeGreaterThan(20);
  });
});
