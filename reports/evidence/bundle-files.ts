import { readdir } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';

/** Names of the files that sealing makes. */
export const sealedFileNames = {
  record: 'record.json',
  envelope: 'record.dsse.json',
  report: 'report.pdf',
  seal: 'seal.dsse.json',
  keys: 'lab-keys.json',
} as const;

const sealedNames: readonly string[] = Object.values(sealedFileNames);

/** Whether sealing makes this file; all others are what the run left. */
export function isSealedFile(path: string): boolean {
  return sealedNames.includes(path);
}

const entryCountMax = 10_000;

/**
 * Every file of a bundle by its path inside it, sorted.
 *
 * @throws LabError evidence/unreadable when there is anything but plain files and folders
 */
export async function bundleFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  if (entries.length > entryCountMax) {
    throw labError('evidence/unreadable', `${dir} holds more than ${entryCountMax} files.`);
  }
  const paths: string[] = [];
  for (const entry of entries) {
    const parent = entry.parentPath.slice(dir.length).replace(/^\/+/, '');
    const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
    if (entry.isFile()) paths.push(path);
    else if (!entry.isDirectory()) {
      throw labError('evidence/unreadable', `${path} in ${dir} is no plain file.`);
    }
  }
  return paths.toSorted();
}
