import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

/** Writes one raw file of a bundle. @throws LabError evidence/disk-full, evidence/write-failed */
export function writeEvidence(bundleDir: string, name: string, content: Uint8Array | string): void {
  const path = join(bundleDir, name);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flush: true });
  } catch (cause) {
    throw evidenceWriteError(cause, path);
  }
}
