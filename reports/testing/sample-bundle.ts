import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { sealBundle, type SealedBundle } from '../evidence/seal-bundle.ts';
import { openLabKeys, type LabKeys } from '../signing/lab-keys.ts';
import { writeSampleEvidence, type UnsealedRecord } from './sample-evidence.ts';
import { sampleRun, type SampleRun } from './sample-raw-files.ts';

/** 17 April 2026, 08:00 UTC: before the sample run. */
const keysMadeAtMs = 1_776_412_800_000;

/** The keys of a lab for tests: made in this folder on the first call. */
export function sampleKeys(stateDir: string): Promise<LabKeys> {
  const clock = { utcMs: () => keysMadeAtMs };
  return openLabKeys({ stateDir, labName: 'Assay demo lab', clock });
}

/** A sealed bundle with its keys. */
export interface SampleBundle extends SealedBundle {
  readonly dir: string;
  readonly keys: LabKeys;
}

/**
 * A whole bundle of a sample run in a folder, sealed with keys that lie beside it.
 *
 * @param change - alters the record before it is sealed, as a dishonest lab would
 */
export async function sampleBundle(
  folder: string,
  options: {
    readonly run?: SampleRun;
    readonly withReport?: boolean;
    readonly change?: (record: UnsealedRecord) => UnsealedRecord;
  } = {},
): Promise<SampleBundle> {
  const dir = join(folder, 'bundle');
  await mkdir(dir, { recursive: true });
  const record = await writeSampleEvidence(dir, options.run ?? sampleRun);
  const keys = await sampleKeys(folder);
  const changed = options.change?.(record) ?? record;
  const withReport = options.withReport ?? true;
  return { dir, keys, ...(await sealBundle({ dir, record: changed, keys, withReport })) };
}
