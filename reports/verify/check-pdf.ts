import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { attachmentNames } from '../render-report.ts';
import { attachedFiles } from '../signing/pades/attached-files.ts';
import { openPdf, type PdfFile } from '../signing/pades/pdf-file.ts';
import { parsePublicKeys, type PublicKeys } from '../signing/public-keys.ts';
import { signedRecord } from './check-signed-record.ts';
import { mustHold } from './invalid-signature.ts';
import {
  checkCertificate,
  checkCertification,
  coveredGap,
  signatureOf,
  verifiedSigner,
} from './pdf-signature.ts';
import type { CheckList } from './verify-report.ts';

/** What a valid report holds. */
export interface VerifiedPdf {
  readonly record: RunRecord;
  readonly keys: PublicKeys;
  readonly attachments: ReadonlyMap<string, Uint8Array>;
}

function checkSignature(checks: CheckList, file: PdfFile): Buffer | undefined {
  const signature = checks.run('pdf-one-signature', () => ({
    detail: 'The PDF has one signature, and it certifies the file.',
    value: signatureOf(file),
  }));
  if (signature === undefined) return undefined;
  const gap = checks.run('pdf-whole-file', () => ({
    detail: 'The signature covers the file from its first to its last byte.',
    value: coveredGap(file, signature),
  }));
  checks.run('pdf-no-changes-allowed', () => {
    checkCertification(file, signature);
    return { detail: 'The signature forbids every later change.', value: true };
  });
  if (gap === undefined) return undefined;
  const certificate = checks.run('pdf-signature', () => ({
    detail: 'The signature fits the content and its certificate.',
    value: verifiedSigner(file, gap),
  }));
  if (certificate === undefined) return undefined;
  checks.run('pdf-certificate', () => ({
    detail: `The certificate is self-made by: ${checkCertificate(certificate)}.`,
    value: true,
  }));
  return certificate;
}

function attached(attachments: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = attachments.get(name);
  mustHold(bytes !== undefined, `The PDF does not hold ${name}.`);
  return bytes;
}

/**
 * Checks a report by itself: its signature, then the record and the keys inside it.
 *
 * @returns what it holds, when that much of it is sound
 */
export function checkPdf(checks: CheckList, bytes: Uint8Array): VerifiedPdf | undefined {
  const file = checks.run('pdf-readable', () => ({
    detail: `The PDF can be read; ${bytes.length} bytes.`,
    value: openPdf(bytes),
  }));
  if (file === undefined) return undefined;
  const certificate = checkSignature(checks, file);
  const keys = checks.run('pdf-keys', () => {
    const attachments = attachedFiles(file);
    const value = parsePublicKeys(
      attached(attachments, attachmentNames.keys),
      'lab-keys.json in the PDF',
    );
    mustHold(
      certificate !== undefined && value.certificate.equals(certificate),
      'The PDF is signed by another key than the one that its lab-keys.json names.',
    );
    return { detail: 'The record key of the lab vouches for the key of the PDF.', value };
  });
  if (keys === undefined) return undefined;
  return checks.run('pdf-record', () => {
    const attachments = attachedFiles(file);
    const envelope = attached(attachments, attachmentNames.record);
    const record = signedRecord(envelope, keys, 'record.dsse.json in the PDF');
    return {
      detail: `The record inside is signed; run ${record.runId}, verdict ${record.verdict}.`,
      value: { record, keys, attachments },
    };
  });
}
