import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { EvidenceFile, RunRecord } from '#harness/contracts/records/run-record.ts';

import { renderReport } from '../render-report.ts';
import { canonicalBytes } from '../signing/canonical-json.ts';
import type { LabKeys } from '../signing/lab-keys.ts';
import { signPdf } from '../signing/pades/sign-pdf.ts';
import { publicKeysBytes } from '../signing/public-keys.ts';
import { sealRecord } from '../signing/record-envelope.ts';
import { sealFiles } from '../signing/seal.ts';
import { sha256Hex } from '../signing/sha256.ts';
import { parseUtcMoment, utcMoment } from '../signing/utc-calendar.ts';
import { bundleFiles, isSealedFile, sealedFileNames } from './bundle-files.ts';
import { evidenceWriteError, isSystemError } from './evidence-write-error.ts';
import { hashFile } from './hash-file.ts';
import { openRawEvidence } from './open-raw-evidence.ts';
import { draftPathOf, writeFileAtomically } from './write-file-atomically.ts';

/** A finished run that is to be sealed. */
export interface SealRequest {
  /** The bundle's folder; it holds what the run left: raw files, log, configuration. */
  readonly dir: string;
  readonly record: Omit<RunRecord, 'files'>;
  readonly keys: LabKeys;
  /** False for a run that has nothing to report. */
  readonly withReport: boolean;
}

/** What sealing gave. */
export interface SealedBundle {
  /** SHA-256 of `record.json`. */
  readonly recordSha256: string;
  /** Absolute path of the PDF; null when none was asked for. */
  readonly reportPath: string | null;
}

async function listFiles(dir: string): Promise<EvidenceFile[]> {
  const paths = (await bundleFiles(dir)).filter((path) => !isSealedFile(path));
  const files: EvidenceFile[] = [];
  for (const path of paths) files.push({ path, ...(await hashFile(join(dir, path))) });
  return files;
}

/** Drops what an attempt at sealing left that was killed, so that it does not pass for a file of the run. */
async function removeDrafts(dir: string): Promise<void> {
  for (const name of Object.values(sealedFileNames)) {
    await rm(draftPathOf(join(dir, name)), { force: true });
  }
}

/** The signed PDF of a record; dated by the end of its run. */
async function signedReport(
  request: SealRequest,
  record: RunRecord,
  envelope: Uint8Array,
): Promise<Uint8Array> {
  const { dir, keys } = request;
  using evidence = openRawEvidence(dir);
  const pdf = await renderReport({ record, raw: evidence.raw, envelope, keys });
  return signPdf(pdf, {
    privateKey: keys.report.privateKey,
    certificate: keys.report.certificate,
    name: record.lab.name,
    reason: `Report of run ${record.runId} by this lab; self-made certificate`,
    signedAt: parseUtcMoment(record.clock.endedAtUtc) ?? utcMoment(0),
  });
}

function withSeal(files: ReadonlyMap<string, Uint8Array>, request: SealRequest): Uint8Array {
  const subject = [...files]
    .filter(([name]) => name !== sealedFileNames.record)
    .map(([name, bytes]) => ({ name, digest: { sha256: sha256Hex(bytes) } }));
  const recordSha256 = sha256Hex(files.get(sealedFileNames.record) ?? new Uint8Array());
  const seal = { runId: request.record.runId, recordSha256 };
  return sealFiles(seal, subject, request.keys.record);
}

/** Makes every file before the first is written, so that a report that cannot be set leaves no half bundle. */
async function sealedFiles(request: SealRequest): Promise<Map<string, Uint8Array>> {
  const { dir, keys, withReport } = request;
  const record: RunRecord = { ...request.record, files: await listFiles(dir) };
  const envelope = sealRecord(record, keys.record);
  const files = new Map<string, Uint8Array>([
    [sealedFileNames.record, canonicalBytes(record)],
    [sealedFileNames.envelope, envelope],
    [sealedFileNames.keys, publicKeysBytes(keys)],
  ]);
  if (withReport) files.set(sealedFileNames.report, await signedReport(request, record, envelope));
  files.set(sealedFileNames.seal, withSeal(files, request));
  return files;
}

/**
 * Ends a bundle: hashes what the run left, completes the record, signs it, makes the report and seals all of it.
 * Every file appears whole or not at all; the seal is last, so a bundle without one was never finished.
 *
 * @throws LabError evidence/disk-full, evidence/write-failed, evidence/unreadable, report/render-failed
 */
export async function sealBundle(request: SealRequest): Promise<SealedBundle> {
  const dir = resolve(request.dir);
  try {
    await removeDrafts(dir);
    const files = await sealedFiles({ ...request, dir });
    for (const [name, bytes] of files) await writeFileAtomically(join(dir, name), bytes);
    const record = files.get(sealedFileNames.record) ?? new Uint8Array();
    return {
      recordSha256: sha256Hex(record),
      reportPath: request.withReport ? join(dir, sealedFileNames.report) : null,
    };
  } catch (error) {
    throw isSystemError(error) ? evidenceWriteError(error, dir) : error;
  }
}
