import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

import { Type, type Static } from 'typebox';

import type { RunSummary } from '#harness/contracts/records/job-record.ts';

/** The files of a bundle that anyone may fetch: enough to check a report's signature and its record. */
export const EvidenceFileNameSchema = Type.Union([
  Type.Literal('record.json'),
  Type.Literal('record.dsse.json'),
  Type.Literal('seal.dsse.json'),
  Type.Literal('lab-keys.json'),
]);

/** One of the files that anyone may fetch. */
export type EvidenceFileName = Static<typeof EvidenceFileNameSchema>;

/** A file on its way out. */
export interface EvidenceContent {
  readonly stream: Readable;
  readonly byteCount: number;
}

/** Opens a file of a run's bundle; undefined when it is not there. */
export type ReadEvidence = (
  run: RunSummary,
  name: EvidenceFileName | 'report.pdf',
) => Promise<EvidenceContent | undefined>;

function pathOf(run: RunSummary, name: EvidenceFileName | 'report.pdf'): string | undefined {
  if (name !== 'report.pdf') return resolve(run.bundlePath, name);
  return run.reportPath === null ? undefined : resolve(run.bundlePath, run.reportPath);
}

function isAbsent(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

/** Reads from the folder of the bundle; the stream closes its file when it ends or is destroyed. */
export const readBundleFile: ReadEvidence = async (run, name) => {
  const path = pathOf(run, name);
  if (path === undefined) return undefined;
  try {
    const file = await open(path, 'r');
    const { size } = await file.stat();
    return { stream: file.createReadStream(), byteCount: size };
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
};
