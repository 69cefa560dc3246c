import type { EncodedSamples } from '#harness/contracts/define-suite.ts';

import { questionSample } from './synthetic-questions.ts';

/** Bytes of one encoded prompt: UTF-8, filled up with NUL. */
export const promptByteCount = 256;

/** Samples `first` to `first + count - 1` of the evaluation split, with labels. A pool function. */
export function encodeQuestions(range: {
  readonly first: number;
  readonly count: number;
}): EncodedSamples {
  const bytes = new Uint8Array(range.count * promptByteCount);
  const labels = new Uint8Array(range.count);
  for (let offset = 0; offset < range.count; offset += 1) {
    const { prompt, label } = questionSample({
      split: 'evaluation',
      sampleIndex: range.first + offset,
    });
    const encoded = Buffer.from(prompt, 'utf8');
    if (encoded.length > promptByteCount)
      throw new RangeError(`prompt ${range.first + offset} has ${encoded.length} bytes`);
    bytes.set(encoded, offset * promptByteCount);
    labels[offset] = label;
  }
  return { bytes, labels };
}
