import { threadId } from 'node:worker_threads';

import type { EncodedSamples } from '#harness/contracts/define-suite.ts';

/** Functions that the tests of the pool run in its workers. */

/** The argument and the thread that saw it. */
export function echo(argument: unknown): { readonly argument: unknown; readonly threadId: number } {
  return { argument, threadId };
}

/** Fails as a pre-processing step may. */
export function fail(argument: unknown): never {
  throw new RangeError(`no sample ${String(argument)}`);
}

/** Takes its worker down with it. */
export function die(): never {
  process.exit(3);
}

/** Never ends by itself: writes 1 into the shared flag and then blocks its thread. */
export function hang(flag: Int32Array): void {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  Atomics.wait(flag, 0, 1);
}

interface SampleRange {
  readonly first: number;
  readonly count: number;
}

/** Samples of four bytes: sample i is [i, i+1, i+2, i+3] mod 256 and has the label i mod 3. */
export function encodeRamp({ first, count }: SampleRange): EncodedSamples {
  const indices = Array.from({ length: count }, (_, offset) => first + offset);
  return {
    bytes: Uint8Array.from(indices.flatMap((index) => [index, index + 1, index + 2, index + 3])),
    labels: Uint8Array.from(indices.map((index) => index % 3)),
  };
}

/** Answers one byte less than it should. */
export function encodeShort(range: SampleRange): EncodedSamples {
  const { bytes, labels } = encodeRamp(range);
  return { bytes: bytes.slice(1), labels };
}
