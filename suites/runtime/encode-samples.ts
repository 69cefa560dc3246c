import type { EncodedSamples, PoolFunction } from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import type { SuitePool } from './suite-pool.ts';

/** Samples per task: large enough that messages cost nothing, small enough that progress moves. */
const chunkSampleCount = 25;

/** What to encode: samples 0 to `sampleCount - 1`, of `sampleBytes` bytes each. */
export interface EncodeRequest {
  readonly encode: PoolFunction;
  readonly sampleCount: number;
  readonly sampleBytes: number;
}

/** Where the work is done and who hears of it. */
export interface EncodeSurroundings {
  readonly pool: SuitePool;
  readonly signal: AbortSignal;
  readonly onProgress?: ((doneCount: number, totalCount: number) => void) | undefined;
}

/**
 * Encodes an evaluation set in chunks over the pool, each chunk going to its place however the chunks finish. Never
 * more chunks in flight than the pool has threads. The first failure ends the other chunks.
 *
 * @throws LabError suite/task-failed, also when a chunk comes back with other sizes · the signal's reason
 */
export async function encodeSamples(
  request: EncodeRequest,
  { pool, signal, onProgress }: EncodeSurroundings,
): Promise<EncodedSamples> {
  const { sampleCount, sampleBytes } = request;
  const bytes = new Uint8Array(sampleCount * sampleBytes);
  const labels = new Uint8Array(sampleCount);
  const abandoned = new AbortController();
  const eitherSignal = AbortSignal.any([signal, abandoned.signal]);
  let nextFirst = 0;
  let doneCount = 0;
  const encodeChunks = async (): Promise<void> => {
    while (nextFirst < sampleCount) {
      const first = nextFirst;
      const count = Math.min(chunkSampleCount, sampleCount - first);
      nextFirst += count;
      const answer = await pool.run(request.encode, { first, count }, eitherSignal);
      const chunk = checkedChunk(answer, request, { first, count });
      bytes.set(chunk.bytes, first * sampleBytes);
      labels.set(chunk.labels, first);
      doneCount += count;
      onProgress?.(doneCount, sampleCount);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.threadCount }, encodeChunks));
  } finally {
    abandoned.abort();
  }
  return { bytes, labels };
}

function checkedChunk(
  answer: unknown,
  { encode, sampleBytes }: EncodeRequest,
  { first, count }: { readonly first: number; readonly count: number },
): EncodedSamples {
  if (
    isEncodedSamples(answer) &&
    answer.bytes.length === count * sampleBytes &&
    answer.labels.length === count
  ) {
    return answer;
  }
  throw labError(
    'suite/task-failed',
    `${encode.exportName} of ${encode.moduleUrl} did not answer ${count} samples of ${sampleBytes} bytes with their labels.`,
    { details: { moduleUrl: encode.moduleUrl, exportName: encode.exportName, first, count } },
  );
}

function isEncodedSamples(value: unknown): value is EncodedSamples {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    value.bytes instanceof Uint8Array &&
    'labels' in value &&
    value.labels instanceof Uint8Array
  );
}
