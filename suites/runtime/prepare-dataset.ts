import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import {
  sampleByteCount,
  type EncodedSamples,
  type PoolFunction,
  type Suite,
} from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import { readCachedDataset, writeCachedDataset } from './dataset-cache.ts';
import { datasetSha256, splitDataset } from './dataset-layout.ts';
import { encodeSamples } from './encode-samples.ts';
import type { SuitePool } from './suite-pool.ts';

/** What `prepareDataset` needs. */
export interface DatasetPreparation {
  readonly suite: Suite;
  /** Where generated data sets are kept; made when absent. */
  readonly cacheDir: string;
  readonly pool: SuitePool;
  /** The folder of lab.config.ts: a data set file is relative to it. */
  readonly rootDir: string;
  /** Samples ready so far, of all. */
  readonly onProgress?: (doneCount: number, totalCount: number) => void;
}

/**
 * The evaluation set of a suite, checked against the suite's hash: read from the file the suite names, from the cache,
 * or made anew in the pool and kept in the cache.
 *
 * @throws LabError suite/dataset-missing, suite/dataset-hash-mismatch, suite/task-failed,
 *   evidence/disk-full, evidence/write-failed · the signal's reason
 */
export async function prepareDataset(
  preparation: DatasetPreparation,
  signal: AbortSignal,
): Promise<EncodedSamples> {
  const { dataset } = preparation.suite;
  const samples =
    dataset.source.kind === 'file'
      ? await readDatasetFile(preparation, dataset.source.path, signal)
      : await generatedDataset(preparation, dataset.source.encode, signal);
  preparation.onProgress?.(dataset.sampleCount, dataset.sampleCount);
  return samples;
}

async function readDatasetFile(
  { suite, rootDir }: DatasetPreparation,
  path: string,
  signal: AbortSignal,
): Promise<EncodedSamples> {
  const absolutePath = isAbsolute(path) ? path : join(rootDir, path);
  const bytes = await readFile(absolutePath, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw labError(
      'suite/dataset-missing',
      `The data set ${suite.dataset.id} cannot be read from ${absolutePath}.`,
      { details: { path: absolutePath }, cause },
    );
  });
  return checked(suite, splitDataset(bytes, suite.dataset.sampleCount), absolutePath);
}

async function generatedDataset(
  { suite, cacheDir, pool, onProgress }: DatasetPreparation,
  encode: PoolFunction,
  signal: AbortSignal,
): Promise<EncodedSamples> {
  const cached = await readCachedDataset(cacheDir, suite.dataset, signal);
  if (cached !== undefined && sizesFit(suite, cached)) return cached;
  const { sampleCount } = suite.dataset;
  const request = { encode, sampleCount, sampleBytes: sampleByteCount(suite) };
  const made = await encodeSamples(request, { pool, signal, onProgress });
  const samples = checked(suite, made, `${encode.exportName} of ${encode.moduleUrl}`);
  await writeCachedDataset(cacheDir, suite.dataset, samples);
  return samples;
}

function sizesFit(suite: Suite, samples: EncodedSamples): boolean {
  const { sampleCount } = suite.dataset;
  return (
    samples.labels.length === sampleCount &&
    samples.bytes.length === sampleCount * sampleByteCount(suite)
  );
}

function checked(suite: Suite, samples: EncodedSamples, origin: string): EncodedSamples {
  const { id, version, sha256: expectedSha256, sampleCount } = suite.dataset;
  const actualSha256 = datasetSha256(samples);
  if (actualSha256 !== expectedSha256) {
    throw labError(
      'suite/dataset-hash-mismatch',
      `The data set ${id} ${version} from ${origin} has SHA-256 ${actualSha256}, the suite names ${expectedSha256}.`,
      { details: { origin, actualSha256, expectedSha256 } },
    );
  }
  if (!sizesFit(suite, samples)) {
    throw labError(
      'suite/dataset-hash-mismatch',
      `The data set ${id} ${version} from ${origin} does not hold ${sampleCount} samples of the model's input shape.`,
      { details: { origin, byteCount: samples.bytes.length, labelCount: samples.labels.length } },
    );
  }
  return samples;
}
