import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { DeviceRefusal } from './device-refusal.ts';
import { ModelUpload } from './model-upload.ts';

/** Models on the disk, each under its SHA-256. */
export interface ModelStore {
  /** Path of a model that is there. */
  readonly path: (sha256: string) => string;
  /** Whether a file of this hash and size is there; its bytes are checked when it is opened. */
  readonly has: (sha256: string, fileBytes: number) => Promise<boolean>;
  /** Begins an upload, or goes on with one that was interrupted; uploads of other models are forgotten. */
  readonly begin: (sha256: string, fileBytes: number) => Promise<ModelUpload>;
  /**
   * Checks the hash, makes the upload the model of that name, durably, and closes it.
   *
   * @throws DeviceRefusal hash-mismatch; the upload is forgotten then · the signal's reason
   */
  readonly finish: (sha256: string, upload: ModelUpload, signal: AbortSignal) => Promise<void>;
  readonly remove: (sha256: string) => Promise<void>;
}

/** Models kept; the one that was not used for longest goes first. */
const modelCountMax = 16;
const modelSuffix = '.onnx';
const partSuffix = '.part';

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { signal, highWaterMark: 1 << 20 });
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

class FolderModelStore implements ModelStore {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  readonly path = (sha256: string): string => join(this.#folder, `${sha256}${modelSuffix}`);

  readonly has = async (sha256: string, fileBytes: number): Promise<boolean> => {
    const path = this.path(sha256);
    if ((await sizeOf(path)) !== fileBytes) return false;
    const now = this.#clock.utcMs() / 1000;
    await utimes(path, now, now);
    return true;
  };

  readonly begin = async (sha256: string, fileBytes: number): Promise<ModelUpload> => {
    const path = this.#partPath(sha256);
    const others = (await this.#files(partSuffix)).filter((file) => file !== path);
    for (const file of others) await rm(file, { force: true });
    const heldBytes = (await sizeOf(path)) ?? 0;
    const isResumed = heldBytes > 0 && heldBytes <= fileBytes;
    const file = await open(path, isResumed ? 'r+' : 'w', 0o600);
    return new ModelUpload(file, fileBytes, isResumed ? heldBytes : 0);
  };

  readonly finish = async (
    sha256: string,
    upload: ModelUpload,
    signal: AbortSignal,
  ): Promise<void> => {
    const path = this.#partPath(sha256);
    await upload.sync();
    const actual = upload.isComplete ? await hashOf(path, signal) : undefined;
    await upload[Symbol.asyncDispose]();
    if (actual !== sha256) {
      await rm(path, { force: true });
      const what = actual === undefined ? 'bytes are missing' : `the bytes have SHA-256 ${actual}`;
      throw new DeviceRefusal('hash-mismatch', what);
    }
    await rename(path, this.path(sha256));
    await this.#sync();
    await this.#prune(this.path(sha256));
  };

  readonly remove = async (sha256: string): Promise<void> => {
    await rm(this.path(sha256), { force: true });
  };

  #partPath(sha256: string): string {
    return join(this.#folder, `${sha256}${partSuffix}`);
  }

  async #files(suffix: string): Promise<readonly string[]> {
    const names = await readdir(this.#folder);
    return names.filter((name) => name.endsWith(suffix)).map((name) => join(this.#folder, name));
  }

  /** The new name is on the disk, too. */
  async #sync(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async #prune(newest: string): Promise<void> {
    const files = (await this.#files(modelSuffix)).filter((file) => file !== newest);
    const ages = await Promise.all(
      files.map(async (file) => ({ file, usedAtMs: (await stat(file)).mtimeMs })),
    );
    const old = ages.toSorted((a, b) => b.usedAtMs - a.usedAtMs).slice(modelCountMax - 1);
    for (const { file } of old) await rm(file, { force: true });
  }
}

/**
 * Opens the folder of models, and makes it where it is not there.
 *
 * @throws LabError agent/state-unusable
 */
export async function openModelStore(folder: string, clock: Clock): Promise<ModelStore> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new FolderModelStore(folder, clock);
  } catch (cause) {
    throw labError('agent/state-unusable', `the folder ${folder} cannot be used`, {
      details: { folder },
      cause,
    });
  }
}
