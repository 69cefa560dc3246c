import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { sealedFileNames } from '../evidence/bundle-files.ts';
import { checkPdf } from './check-pdf.ts';
import { checkSignerKnown, type VerifyOptions } from './check-signer-known.ts';
import { verifyBundle } from './verify-bundle.ts';
import { checkList, type VerifyReport } from './verify-report.ts';

async function liesInBundle(path: string): Promise<boolean> {
  if (basename(path) !== sealedFileNames.report) return false;
  try {
    return (await stat(join(dirname(path), sealedFileNames.seal))).isFile();
  } catch {
    // No seal beside it: the PDF stands alone.
    return false;
  }
}

async function readPdf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw labError('evidence/unreadable', `${path} cannot be read.`, { cause });
  }
}

/**
 * Verifies a report. In its bundle, the whole bundle is verified; alone, its signature and the signed record inside
 * it, and the report says that the raw files were not at hand.
 *
 * @throws LabError evidence/unreadable when the file cannot be read at all
 */
export async function verifyPdf(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  if (await liesInBundle(path)) return verifyBundle(dirname(path), options);
  const checks = checkList();
  const pdf = checkPdf(checks, await readPdf(path));
  checks.notChecked(
    'The numbers: the raw files are not beside this PDF; verify the bundle of the run.',
  );
  if (pdf !== undefined) checkSignerKnown(checks, pdf.keys, options);
  return checks.report();
}
