import { labError } from '#harness/contracts/error-catalogue.ts';

import { openRawEvidence } from '../evidence/open-raw-evidence.ts';
import { verifyBundle } from '../verify/verify-bundle.ts';
import { bundleRecord } from './bundle-record.ts';
import type { ExportRun } from './export-run.ts';

/** A run that stays open as long as it is exported: its query log is read from the disk. */
export interface OpenExportRun extends Disposable {
  readonly run: ExportRun;
}

/** Why a bundle is not to be relied on; undefined when every check holds. */
async function verificationProblem(dir: string): Promise<string | undefined> {
  const { checks } = await verifyBundle(dir);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return undefined;
  return failed.map(({ name, detail }) => `${name}: ${detail}`).join(' ');
}

/**
 * Reads a run for export. Every hash, signature and number of its bundle is checked first, as `assay verify` does.
 *
 * @param dir - the bundle's folder
 * @throws LabError export/not-verified, evidence/unreadable
 */
export async function readExportRun(dir: string): Promise<OpenExportRun> {
  const problem = await verificationProblem(dir);
  if (problem !== undefined)
    throw labError('export/not-verified', `${dir} is not exported. ${problem}`, {
      details: { dir },
    });
  const record = await bundleRecord(dir);
  const evidence = openRawEvidence(dir);
  const { queries, accuracy, labels } = evidence.raw;
  const run: ExportRun = {
    record,
    ...(queries === undefined ? {} : { queries }),
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(labels === undefined ? {} : { librarySampleCount: labels.length }),
  };
  return { run, [Symbol.dispose]: () => evidence[Symbol.dispose]() };
}
