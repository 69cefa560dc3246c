import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { RunRecordSchema, type RunRecord } from '#harness/contracts/records/run-record.ts';

import { sealedFileNames } from '../evidence/bundle-files.ts';

/**
 * The record of a bundle, as it stands there: nothing is verified.
 *
 * @throws LabError evidence/unreadable when there is none
 */
export async function bundleRecord(dir: string): Promise<RunRecord> {
  const path = join(dir, sealedFileNames.record);
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Value.Parse(RunRecordSchema, record);
  } catch (cause) {
    throw labError('evidence/unreadable', `${path} is no record of a run.`, { cause });
  }
}
