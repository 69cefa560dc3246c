import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import { deriveResults } from '#harness/judge/derive-results.ts';
import { encodeQueryColumns } from '#harness/judge/raw/query-log-1.ts';
import { queryLogFile } from '#harness/judge/raw/query-log-file.ts';
import { decodeRawEvidence } from '#harness/judge/raw/raw-evidence.ts';
import { ruleSetVersion, ruleSetVersion1 } from '#harness/judge/rule-set.ts';
import { judgeRun } from '#harness/judge/rules.ts';

import { sealBundle } from '../evidence/seal-bundle.ts';
import { sampleKeys } from '../testing/sample-bundle.ts';
import { sampleRecord, type UnsealedRecord } from '../testing/sample-evidence.ts';
import { sampleRawFiles, sampleRun } from '../testing/sample-raw-files.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { verifyBundle } from './verify-bundle.ts';

const queryCount = 600;

/** A query log as the version of Assay with rule set 1 wrote it: latencies with fractions of a nanosecond. */
function oldQueriesBin(): Uint8Array {
  return encodeQueryColumns({
    queryCount,
    issuedAtNs: Float64Array.from({ length: queryCount }, (_, row) => 4.2e9 + row * 3.5e6 + 0.5),
    latencyNs: Float64Array.from({ length: queryCount }, (_, row) => 3e6 + (row % 97) * 1000.25),
    deviceDurationNs: new Float64Array(queryCount).fill(2.9e6),
    sampleIndex: Uint32Array.from({ length: queryCount }, (_, row) => row % 25),
    status: new Uint32Array(queryCount),
  });
}

/** A bundle of rule set 1, sealed. @param change - alters the record before it is sealed */
async function oldBundle(
  folder: string,
  change: (record: UnsealedRecord) => UnsealedRecord = (record) => record,
): Promise<string> {
  const dir = join(folder, 'bundle');
  const files = new Map([...sampleRawFiles(sampleRun), [queryLogFile, oldQueriesBin()] as const]);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
  const raw = decodeRawEvidence((path) => files.get(path));
  const { settings: all, ...record } = sampleRecord(sampleRun, raw);
  const { order: _order, selection: _selection, samplesPerQuery: _count, ...settings } = all;
  const results = deriveResults(raw, settings, record.phases);
  const { wallClockStepMs } = record.clock;
  const { rules, verdict } = judgeRun({ settings, results, raw, wallClockStepMs }, ruleSetVersion1);
  const judged = { results, rules: [...rules], verdict, ruleSet: ruleSetVersion1 };
  const keys = await sampleKeys(folder);
  await sealBundle({
    dir,
    record: change({ ...record, settings, ...judged }),
    keys,
    withReport: false,
  });
  return dir;
}

it('a bundle of rule set 1 is verified by its own rules: every number and the verdict', async () => {
  await using folder = await temporaryFolder();
  const report = await verifyBundle(await oldBundle(folder.path), { trustedKeyIds: [] });
  expect(report.differences).toEqual([]);
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.ok).toBe(true);
});

it('a bundle of rule set 1 that says more than its rules give is not', async () => {
  await using folder = await temporaryFolder();
  const dir = await oldBundle(folder.path, (record) => ({
    ...record,
    rules: record.rules.map((rule) => ({ ...rule, distance: 0 })),
  }));
  const report = await verifyBundle(dir, { trustedKeyIds: [] });
  expect(report.ok).toBe(false);
  expect(report.differences.map(({ path }) => path)).toContain('rules.0.distance');
});

it.each([
  { ruleSet: ruleSetVersion, message: 'its settings are those of assay-rules-1' },
  {
    ruleSet: 'assay-rules-4',
    message: 'this Assay knows assay-rules-1, assay-rules-2, assay-rules-3',
  },
])('a record of $ruleSet with settings of rule set 1 is not verified', async (row) => {
  await using folder = await temporaryFolder();
  const dir = await oldBundle(folder.path, (record) => ({ ...record, ruleSet: row.ruleSet }));
  const report = await verifyBundle(dir, { trustedKeyIds: [] });
  expect(report.ok).toBe(false);
  const numbers = report.checks.find(({ name }) => name === 'numbers');
  expect(numbers?.detail).toContain(row.message);
});
