import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { decodeRawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { renderReport } from './render-report.ts';
import { signPdf } from './signing/pades/sign-pdf.ts';
import { sealRecord } from './signing/record-envelope.ts';
import { utcMoment } from './signing/utc-calendar.ts';
import { sampleKeys } from './testing/sample-bundle.ts';
import { sampleRecord } from './testing/sample-evidence.ts';
import { sampleRawFiles, sampleRun } from './testing/sample-raw-files.ts';

const warmCount = 9;

/** One row of the bench table. */
interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
}

async function timedUs(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (performance.now() - startedAtMs) * 1000;
}

function median(values: readonly number[]): number {
  return (
    values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
  );
}

/** The time of one report with its charts, set and signed: the first of a process, and those after it. */
export async function benchReport(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  try {
    const keys = await sampleKeys(stateDir);
    const files = sampleRawFiles(sampleRun);
    const raw = decodeRawEvidence((path) => files.get(path));
    const record = { ...sampleRecord(sampleRun, raw), files: [] };
    const envelope = sealRecord(record, keys.record);
    const signer = { ...keys.report, name: 'bench', reason: 'bench', signedAt: utcMoment(0) };
    const render = async (): Promise<Uint8Array> =>
      signPdf(await renderReport({ record, raw, envelope, keys }), signer);
    const coldUs = await timedUs(render);
    const warmUs: number[] = [];
    for (let round = 0; round < warmCount; round += 1) warmUs.push(await timedUs(render));
    return [
      { name: 'report: set and sign, first in the process', medianUs: coldUs },
      { name: 'report: set and sign, after that', medianUs: median(warmUs) },
    ];
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
