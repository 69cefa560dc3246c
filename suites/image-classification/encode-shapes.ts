import type { EncodedSamples } from '#harness/contracts/define-suite.ts';

import { shapeSample } from '../datasets/synthetic-shapes.ts';

const sampleByteCount = 32 * 32 * 3;

/**
 * Samples `first` to `first + count - 1` of the evaluation split, each as 3072 bytes (row by row, red green blue),
 * with labels. A pool function.
 */
export function encodeShapes(range: {
  readonly first: number;
  readonly count: number;
}): EncodedSamples {
  const bytes = new Uint8Array(range.count * sampleByteCount);
  const labels = new Uint8Array(range.count);
  for (let offset = 0; offset < range.count; offset += 1) {
    const { rgb, label } = shapeSample({ split: 'evaluation', sampleIndex: range.first + offset });
    bytes.set(rgb, offset * sampleByteCount);
    labels[offset] = label;
  }
  return { bytes, labels };
}
