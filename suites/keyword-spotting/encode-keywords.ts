import type { EncodedSamples } from '#harness/contracts/define-suite.ts';

import { keywordSample } from '../datasets/synthetic-keywords.ts';
import { mfccCoefficientCount, mfccFeatures, mfccFrameCount } from './mfcc-features.ts';

const sampleByteCount = mfccFrameCount * mfccCoefficientCount;

/**
 * Samples `first` to `first + count - 1` of the evaluation split, each as 490 bytes of int8 features, with labels.
 * A pool function: blocks for some milliseconds a sample.
 */
export function encodeKeywords(range: {
  readonly first: number;
  readonly count: number;
}): EncodedSamples {
  const bytes = new Uint8Array(range.count * sampleByteCount);
  const labels = new Uint8Array(range.count);
  for (let offset = 0; offset < range.count; offset += 1) {
    const { pcm, label } = keywordSample({
      split: 'evaluation',
      sampleIndex: range.first + offset,
    });
    bytes.set(new Uint8Array(mfccFeatures(pcm).buffer), offset * sampleByteCount);
    labels[offset] = label;
  }
  return { bytes, labels };
}
