import { mkdirSync } from 'node:fs';

import { labError } from '#harness/contracts/error-catalogue.ts';

/** Makes the folder and those above it. @throws LabError evidence/write-failed */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw labError('evidence/write-failed', `the folder ${path} cannot be made`, {
      details: { path },
      cause: error,
    });
  }
}
