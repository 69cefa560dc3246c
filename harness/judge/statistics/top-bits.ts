/** Bits of the mantissa that count: a bucket is at most 1/4096 of its values wide. */
const mantissaBitCount = 12;
const shift = 20 - mantissaBitCount;
const bucketOfOne = 1023 << mantissaBitCount;

/** Buckets that values below 2^53 fall into: one for 0, then 4096 for each power of two. */
export const topBitsBucketCount = (53 << mantissaBitCount) + 1;

/**
 * The high half of each value, for `bucketOfHighWord`: values are in the byte order of the machine, which is
 * little-endian wherever Node runs. No copy.
 */
export function wordsOfValues(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
}

/**
 * The bucket of a whole value 0 <= v < 2^53; a larger value never has a smaller bucket.
 *
 * @param highWord - the upper 32 bits of the value as a double
 */
export function bucketOfHighWord(highWord: number): number {
  return highWord === 0 ? 0 : (highWord >>> shift) - bucketOfOne + 1;
}

const scratch = new DataView(new ArrayBuffer(8));

/** The smallest value of a bucket; that of the bucket after the last is 2^53. */
export function bucketLow(bucket: number): number {
  if (bucket === 0) return 0;
  scratch.setUint32(0, (bucket - 1 + bucketOfOne) << shift);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}
