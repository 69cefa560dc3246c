import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resourceUsage } from 'node:process';

import { expect, it } from 'vitest';

import { encodeLegList, legListFile, legLogFile } from '#harness/judge/compliance/leg-files.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import { encodeProbes, probesFile } from '#harness/judge/raw/probes.ts';
import { queryLogFile, queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { queryRowWordCount, rowStatus, writeQueryRow } from '#harness/judge/raw/query-row.ts';
import { judgeRun } from '#harness/judge/rules.ts';

import { openRawEvidence } from '../evidence/open-raw-evidence.ts';
import { sealBundle } from '../evidence/seal-bundle.ts';
import { sampleKeys } from '../testing/sample-bundle.ts';
import { writeSampleEvidence } from '../testing/sample-evidence.ts';
import { sampleInstants, sampleRun } from '../testing/sample-raw-files.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { verifyBundle } from './verify-bundle.ts';
import type { VerifyReport } from './verify-report.ts';

const [leg, probe] = [legLogFile(1, 'base'), 'raw/probes/01.bin'];

/** A query log of single-stream rows, written block by block. */
function writeLog(path: string, rowCount: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const log = openSync(path, 'w');
  writeSync(log, queryLogMagic);
  const blockRowCount = 65_536;
  const words = new Uint32Array(blockRowCount * queryRowWordCount);
  for (let first = 0; first < rowCount; first += blockRowCount) {
    const count = Math.min(blockRowCount, rowCount - first);
    for (let at = 0; at < count; at += 1) {
      const row = first + at;
      writeQueryRow(words, at * queryRowWordCount, {
        scheduledAtNs: sampleInstants.loadNs + row * 4000,
        issueDelayNs: 0,
        latencyNs: 3000 + ((row * 2_654_435_761) % 900),
        status: rowStatus.completed,
      });
    }
    writeSync(log, words.subarray(0, count * queryRowWordCount));
  }
  closeSync(log);
}

/** Seals and verifies a run whose load, leg and probe have this many queries each. */
async function sealAndVerify(rowCount: number): Promise<VerifyReport> {
  await using folder = await temporaryFolder();
  const dir = join(folder.path, 'bundle');
  const record = await writeSampleEvidence(dir, sampleRun);
  for (const file of [queryLogFile, leg, probe]) writeLog(join(dir, file), rowCount);
  writeFileSync(join(dir, legListFile), encodeLegList([{ role: 'base', file: leg }]));
  const probes = [{ file: probe, targetQps: 100, endedEarly: false }];
  writeFileSync(join(dir, probesFile), encodeProbes(probes));
  const { settings, phases, clock } = record;
  {
    using evidence = openRawEvidence(dir);
    const { raw } = evidence;
    const results = deriveResults(raw, settings, phases);
    const { wallClockStepMs } = clock;
    const judged = judgeRun({ settings, results, raw, wallClockStepMs });
    const keys = await sampleKeys(folder.path);
    await sealBundle({
      dir,
      record: { ...record, results, rules: [...judged.rules], verdict: judged.verdict },
      keys,
      withReport: true,
    });
  }
  return await verifyBundle(dir);
}

/** The most memory that this process has held so far. */
function peakMebibytes(): number {
  return resourceUsage().maxRSS / 1024;
}

it('logs of nine million queries in all are sealed and verified, and never held whole', async () => {
  const small = await sealAndVerify(50_000);
  expect(small.ok).toBe(true);
  const before = peakMebibytes();
  const large = await sealAndVerify(3_000_000);
  expect(large.checks.filter(({ ok }) => !ok)).toEqual([]);
  // The three logs are 137 MiB; what is allowed is mostly the garbage collector’s.
  expect(peakMebibytes() - before).toBeLessThan(100);
});
