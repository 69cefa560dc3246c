import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { DeployFile } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path, { signal }))
    .digest('hex');
}

/**
 * The absolute path of a file whose bytes are those that the lab means.
 *
 * @throws LabError dut/deploy-failed when it cannot be read or has another hash
 */
export async function checkedFile(
  { file, sha256 }: DeployFile,
  rootDir: string,
  signal: AbortSignal,
): Promise<string> {
  const path = resolve(rootDir, file);
  let found: string;
  try {
    found = await sha256Of(path, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw labError('dut/deploy-failed', `${path} cannot be read: ${String(cause)}`, { cause });
  }
  if (found === sha256) return path;
  const message = `${path} has the SHA-256 ${found}, lab.config.ts says ${sha256}`;
  throw labError('dut/deploy-failed', message, { details: { path, found, expected: sha256 } });
}
