import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { bundleFiles, isSealedFile } from '../evidence/bundle-files.ts';
import { hashFile, type FileHash } from '../evidence/hash-file.ts';

/** What is in a bundle. What the run left may be of any size: it stays on the disk. */
export interface BundleContent {
  readonly dir: string;
  /** Every file that the run left, by its path inside the bundle. */
  readonly hashes: ReadonlyMap<string, FileHash>;
  /** The files that sealing made, by their name. */
  readonly sealed: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a bundle: hashes what the run left, and holds what sealing made.
 *
 * @throws LabError evidence/unreadable
 */
export async function readBundle(dir: string): Promise<BundleContent> {
  try {
    const hashes = new Map<string, FileHash>();
    const sealed = new Map<string, Uint8Array>();
    for (const path of await bundleFiles(dir)) {
      if (isSealedFile(path)) sealed.set(path, await readFile(join(dir, path)));
      else hashes.set(path, await hashFile(join(dir, path)));
    }
    return { dir, hashes, sealed };
  } catch (cause) {
    throw labError('evidence/unreadable', `${dir} cannot be read as an evidence bundle.`, {
      cause,
    });
  }
}
