import { createHash } from 'node:crypto';

import type { EncodedSamples } from '#harness/contracts/define-suite.ts';

/** The hash a suite names: SHA-256 over the encoded bytes followed by the labels, in hex. */
export function datasetSha256(samples: EncodedSamples): string {
  return createHash('sha256').update(samples.bytes).update(samples.labels).digest('hex');
}

/**
 * Samples and labels of a data set file, which has exactly the hashed layout: the last `sampleCount` bytes are labels.
 *
 * @returns views of `bytes`, not copies
 */
export function splitDataset(bytes: Uint8Array, sampleCount: number): EncodedSamples {
  const labelsAt = Math.max(0, bytes.length - sampleCount);
  return { bytes: bytes.subarray(0, labelsAt), labels: bytes.subarray(labelsAt) };
}
