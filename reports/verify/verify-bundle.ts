import { checkBundle } from './check-bundle.ts';
import { checkSignerKnown, type VerifyOptions } from './check-signer-known.ts';
import { readBundle } from './read-bundle.ts';
import { checkList, type VerifyReport } from './verify-report.ts';

/**
 * Verifies an evidence bundle offline: every file, every signature, and every number again from the raw files.
 *
 * @throws LabError evidence/unreadable when the folder cannot be read at all
 */
export async function verifyBundle(
  dir: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const content = await readBundle(dir);
  const checks = checkList();
  const keys = checkBundle(checks, content);
  if (keys !== undefined) checkSignerKnown(checks, keys, options);
  return checks.report();
}
