import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { evidenceWriteError } from './evidence-write-error.ts';

/** Makes the entry of a file in its folder last through a power cut. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Where a file lies until it is whole. */
export function draftPathOf(path: string): string {
  return `${path}.draft`;
}

/**
 * Writes a whole file or none: to a draft beside it, synced, then renamed. A draft that failed is removed.
 *
 * @throws LabError evidence/disk-full, evidence/write-failed
 */
export async function writeFileAtomically(
  path: string,
  bytes: Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const draftPath = draftPathOf(path);
  try {
    await rm(draftPath, { force: true });
    await writeSynced(draftPath, bytes, options.mode ?? 0o644);
    await rename(draftPath, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(draftPath, { force: true }).catch(() => undefined);
    throw evidenceWriteError(error, path);
  }
}
