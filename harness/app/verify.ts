import { statSync } from 'node:fs';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { verifyBundle } from '#reports/verify/verify-bundle.ts';
import { verifyPdf } from '#reports/verify/verify-pdf.ts';
import type { VerifyReport } from '#reports/verify/verify-report.ts';

/**
 * Checks an evidence bundle or a report, offline: no daemon, no configuration.
 *
 * @throws LabError evidence/unreadable when there is nothing at the path
 */
export async function verifyEvidence(
  path: string,
  options: { readonly trustedKeyIds: readonly string[] },
): Promise<VerifyReport> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw labError('evidence/unreadable', `there is nothing at ${path}`);
  return found.isDirectory() ? verifyBundle(path, options) : verifyPdf(path, options);
}
