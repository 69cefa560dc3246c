import { fairDraw } from './fair-draw.ts';
import { portableDrawsOf, portableStreams } from './portable-draws.ts';

const uint32Span = 4_294_967_296;

/**
 * The draws of the sample order from a seed of 32 bits.
 *
 * @param seed - whole number in 0..2^32-1
 * @returns draws of whole numbers in 0..2^32-1
 * @throws RangeError when the seed is none
 * @see harness/docs/sample-order.md
 */
export function portableDraws(seed: number): () => number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= uint32Span)
    throw new RangeError(`the seed ${seed} is no whole number in 0..2^32-1`);
  return portableDrawsOf(String(seed), portableStreams.order);
}

/**
 * The sample of each query: drawn with replacement, every sample equally likely (no modulo bias).
 *
 * @param seed - whole number in 0..2^32-1, stored with the run
 * @param sampleCount - whole number in 1..2^32-1
 * @returns the next sample index, in 0..sampleCount-1
 * @throws RangeError when a parameter is out of range
 * @see harness/docs/sample-order.md
 */
export function portableOrder(seed: number, sampleCount: number): () => number {
  if (!Number.isInteger(sampleCount) || sampleCount < 1 || sampleCount >= uint32Span)
    throw new RangeError(`the sample count ${sampleCount} is no whole number in 1..2^32-1`);
  const draw = portableDraws(seed);
  return () => fairDraw(draw, sampleCount);
}
