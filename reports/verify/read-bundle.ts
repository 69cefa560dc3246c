import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { bundleFiles } from '../evidence/bundle-files.ts';

/** The files of a bundle by their path inside it. */
export type BundleContent = ReadonlyMap<string, Uint8Array>;

/**
 * Reads a whole bundle.
 *
 * @throws LabError evidence/unreadable
 */
export async function readBundle(dir: string): Promise<BundleContent> {
  try {
    const content = new Map<string, Uint8Array>();
    for (const path of await bundleFiles(dir)) content.set(path, await readFile(join(dir, path)));
    return content;
  } catch (cause) {
    throw labError('evidence/unreadable', `${dir} cannot be read as an evidence bundle.`, {
      cause,
    });
  }
}
