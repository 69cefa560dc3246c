import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { isSealedFile, sealedFileNames } from '../evidence/bundle-files.ts';
import { attachmentNames } from '../render-report.ts';
import { canonicalBytes } from '../signing/canonical-json.ts';
import { parsePublicKeys, type PublicKeys } from '../signing/public-keys.ts';
import { sealOf } from '../signing/seal.ts';
import { sha256Hex } from '../signing/sha256.ts';
import { checkPdf } from './check-pdf.ts';
import { openSigned, signedRecord } from './check-signed-record.ts';
import { mustHold } from './invalid-signature.ts';
import type { BundleContent } from './read-bundle.ts';
import { brokeOff, rederive } from './rederive.ts';
import type { CheckList } from './verify-report.ts';

function fileOf({ sealed }: BundleContent, name: string): Uint8Array {
  const bytes = sealed.get(name);
  mustHold(bytes !== undefined, `${name} is not there.`);
  return bytes;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left.buffer, left.byteOffset, left.length).equals(right);
}

function checkRecord(
  checks: CheckList,
  content: BundleContent,
  keys: PublicKeys,
): RunRecord | undefined {
  const { envelope, record: recordName } = sealedFileNames;
  const record = checks.run('record-signature', () => {
    const value = signedRecord(fileOf(content, envelope), keys, envelope);
    return { detail: `${envelope} is signed by the record key; run ${value.runId}.`, value };
  });
  if (record === undefined) return undefined;
  checks.run('record-file', () => {
    mustHold(
      isSame(fileOf(content, recordName), canonicalBytes(record)),
      `${recordName} is not the record that was signed.`,
    );
    return { detail: `${recordName} is the record that was signed.`, value: true };
  });
  return record;
}

function checkFiles(checks: CheckList, content: BundleContent, record: RunRecord): void {
  checks.run('files', () => {
    const listed = new Map(record.files.map((file) => [file.path, file]));
    mustHold(listed.size === record.files.length, 'The record lists a file twice.');
    const unknown = [...content.hashes.keys()].filter((path) => !listed.has(path));
    mustHold(unknown.length === 0, `Not in the record: ${unknown.join(', ')}.`);
    for (const { path, sha256, byteCount } of record.files) {
      mustHold(!isSealedFile(path), `The record lists ${path}, which is made after it.`);
      const found = content.hashes.get(path);
      mustHold(found !== undefined, `${path} is not there.`);
      const isUnchanged = found.byteCount === byteCount && found.sha256 === sha256;
      mustHold(isUnchanged, `${path} was changed after the run.`);
    }
    return { detail: `All ${record.files.length} files of the run are as recorded.`, value: true };
  });
}

function checkSeal(
  checks: CheckList,
  content: BundleContent,
  source: { readonly keys: PublicKeys; readonly record: RunRecord },
): void {
  const { seal: sealName, record: recordName } = sealedFileNames;
  checks.run('seal', () => {
    const envelope = openSigned(fileOf(content, sealName), source.keys, sealName);
    const { seal, subject } = sealOf(envelope, sealName);
    mustHold(
      seal.runId === source.record.runId &&
        seal.recordSha256 === sha256Hex(fileOf(content, recordName)),
      `${sealName} belongs to another record.`,
    );
    const sealed = [...content.sealed.keys()]
      .filter((path) => path !== sealName && path !== recordName)
      .toSorted();
    const names = subject.map(({ name }) => name).toSorted();
    mustHold(
      names.join('\n') === sealed.join('\n'),
      `${sealName} seals ${names.join(', ')}, but the bundle holds ${sealed.join(', ')}.`,
    );
    for (const { name, digest } of subject) {
      mustHold(
        sha256Hex(fileOf(content, name)) === digest.sha256,
        `${name} was changed after it was sealed.`,
      );
    }
    return { detail: `The seal fits ${names.join(', ')}.`, value: true };
  });
}

function checkReport(checks: CheckList, content: BundleContent): void {
  const bytes = content.sealed.get(sealedFileNames.report);
  if (bytes === undefined) {
    checks.notChecked('The report: this bundle has none.');
    return;
  }
  const pdf = checkPdf(checks, bytes);
  if (pdf === undefined) return;
  checks.run('pdf-of-this-bundle', () => {
    const pairs = [
      [attachmentNames.record, sealedFileNames.envelope],
      [attachmentNames.keys, sealedFileNames.keys],
    ] as const;
    for (const [inside, beside] of pairs) {
      mustHold(
        isSame(pdf.attachments.get(inside) ?? new Uint8Array(), fileOf(content, beside)),
        `${inside} inside the PDF is not the ${beside} of the bundle.`,
      );
    }
    return { detail: 'The PDF holds the record and the keys of this bundle.', value: true };
  });
}

function checkNumbers(checks: CheckList, content: BundleContent, record: RunRecord): void {
  checks.run('numbers', () => {
    const differences = rederive(record, content.dir);
    checks.differ(differences);
    const where = differences.map(({ path }) => path).join(', ');
    mustHold(differences.length === 0, `The raw files give something else for: ${where}.`);
    const detail = brokeOff(record)
      ? `The run broke off (${record.verdict}) and states no number.`
      : 'Every number and the verdict follow from the raw files.';
    return { detail, value: true };
  });
}

/**
 * Checks everything in a bundle.
 *
 * @returns the keys of the lab, when they can be read
 */
export function checkBundle(checks: CheckList, content: BundleContent): PublicKeys | undefined {
  const keys = checks.run('lab-keys', () => ({
    detail: 'The public keys are consistent.',
    value: parsePublicKeys(fileOf(content, sealedFileNames.keys), sealedFileNames.keys),
  }));
  if (keys === undefined) return undefined;
  const record = checkRecord(checks, content, keys);
  if (record === undefined) return keys;
  checkFiles(checks, content, record);
  checkSeal(checks, content, { keys, record });
  checkReport(checks, content);
  checkNumbers(checks, content, record);
  return keys;
}
