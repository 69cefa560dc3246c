/** A 64-bit seed as two words of 32 bits. */
export interface SeedHalves {
  readonly low: number;
  readonly high: number;
}

const wordSpan = 2n ** 32n;

/**
 * Cuts a seed in two.
 *
 * @param seed - decimal of a whole number in 0..2^64-1
 * @throws RangeError when it is none
 */
export function seedHalves(seed: string): SeedHalves {
  const value = /^[0-9]{1,20}$/.test(seed) ? BigInt(seed) : -1n;
  if (value < 0n || value >= wordSpan * wordSpan)
    throw new RangeError(`the seed '${seed}' is no whole number in 0..2^64-1`);
  return { low: Number(value % wordSpan), high: Number(value / wordSpan) };
}
