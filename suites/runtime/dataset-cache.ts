import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { EncodedSamples, Suite } from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import { datasetSha256, splitDataset } from './dataset-layout.ts';

type Dataset = Suite['dataset'];

/** Where a generated data set is kept: name, version and hash tell every edition apart. */
function cachedDatasetPath(cacheDir: string, dataset: Dataset): string {
  const name = `${dataset.id}-${dataset.version}`.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  return join(cacheDir, `${name}-${dataset.sha256.slice(0, 8)}.bin`);
}

/**
 * The kept copy, or undefined when there is none with the hash that the suite names: a copy that was cut off or
 * changed is as good as none, it is made anew.
 */
export async function readCachedDataset(
  cacheDir: string,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<EncodedSamples | undefined> {
  const path = cachedDatasetPath(cacheDir, dataset);
  const bytes = await readFile(path, { signal }).catch(() => {
    // No copy, or none that can be read: both end in a new one.
    signal.throwIfAborted();
    return undefined;
  });
  if (bytes === undefined) return undefined;
  const samples = splitDataset(bytes, dataset.sampleCount);
  return datasetSha256(samples) === dataset.sha256 ? samples : undefined;
}

/**
 * Keeps a copy. It appears under its name only when it is whole: two runs may write it at the same time, and a crash
 * leaves no half copy under that name.
 *
 * @throws LabError evidence/disk-full, evidence/write-failed
 */
export async function writeCachedDataset(
  cacheDir: string,
  dataset: Dataset,
  samples: EncodedSamples,
): Promise<void> {
  const path = cachedDatasetPath(cacheDir, dataset);
  const unfinishedPath = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(cacheDir, { recursive: true });
    await writeWhole(unfinishedPath, samples);
    await rename(unfinishedPath, path);
  } catch (error) {
    // Best effort: where the file could not be written, it may be impossible to remove it, too.
    await rm(unfinishedPath, { force: true }).catch(() => undefined);
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw labError(
      full ? 'evidence/disk-full' : 'evidence/write-failed',
      `The data set ${dataset.id} cannot be kept in ${cacheDir}.`,
      { details: { path }, cause: error },
    );
  }
}

async function writeWhole(path: string, samples: EncodedSamples): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(samples.bytes);
  await file.writeFile(samples.labels);
  await file.datasync();
}
