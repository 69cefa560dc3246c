import { verify } from 'node:crypto';

import { parseCertificate } from '../signing/certificate.ts';
import { detachedCms, partsOfCms, signedAttributes } from '../signing/cms.ts';
import { derElementAt } from '../signing/der-reader.ts';
import {
  asDictionary,
  asItems,
  asNumber,
  pdfEntry,
  rawText,
  referenceTo,
  type PdfFile,
} from '../signing/pades/pdf-file.ts';
import type { PdfDictionary } from '../signing/pades/pdf-syntax.ts';
import { byteRangeText, gapText, signatureHexDigitCount } from '../signing/pades/signature-form.ts';
import { sha256 } from '../signing/sha256.ts';
import { mustHold } from './invalid-signature.ts';

/** The signature dictionary of a report: the only one, and the one that certifies it. */
export function signatureOf(file: PdfFile): PdfDictionary {
  const catalog = asDictionary(pdfEntry(file, file.trailer, 'Root'));
  const form = asDictionary(pdfEntry(file, catalog, 'AcroForm'));
  const fields = asItems(pdfEntry(file, form, 'Fields'));
  const [field] = fields;
  mustHold(field !== undefined && fields.length === 1, 'The PDF has not exactly one field.');
  const fieldNode = asDictionary(
    pdfEntry(file, { ...form, entries: new Map([['Field', field]]) }, 'Field'),
  );
  const permissions = asDictionary(pdfEntry(file, catalog, 'Perms'));
  mustHold(
    referenceTo(permissions, 'DocMDP') === referenceTo(fieldNode, 'V'),
    'The signature of the PDF does not certify it.',
  );
  return asDictionary(pdfEntry(file, fieldNode, 'V'));
}

/** The gap in which the signature lies: from `<` to behind `>`. */
interface SignatureGap {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the gap and makes sure that the signature covers all the rest: one range, from byte 0 to the end.
 *
 * @throws LabError evidence/signature-invalid, evidence/unreadable
 */
export function coveredGap(file: PdfFile, signature: PdfDictionary): SignatureGap {
  const contents = pdfEntry(file, signature, 'Contents');
  const { start, end } = contents;
  mustHold(
    contents.kind === 'string' && end - start === signatureHexDigitCount + 2,
    'The space for the signature is not of the size that Assay keeps.',
  );
  const expected = byteRangeText({ gapStart: start, gapEnd: end, fileEnd: file.bytes.length });
  mustHold(
    rawText(file, pdfEntry(file, signature, 'ByteRange')) === expected,
    'The signature does not cover the file from its first to its last byte: something was added or cut.',
  );
  mustHold(
    file.text.split('/ByteRange').length === 2 && file.text.endsWith('%%EOF\n'),
    'The PDF holds more than one signature, or does not end where it should.',
  );
  return { start, end };
}

/** Certified against every later change: DocMDP with P 1. */
export function checkCertification(file: PdfFile, signature: PdfDictionary): void {
  const subFilter = rawText(file, pdfEntry(file, signature, 'SubFilter'));
  mustHold(subFilter === '/ETSI.CAdES.detached', 'The PDF has no PAdES signature.');
  const references = asItems(pdfEntry(file, signature, 'Reference'));
  const [reference] = references;
  mustHold(
    reference?.kind === 'dictionary' && references.length === 1,
    'The signature does not say what may change.',
  );
  const method = rawText(file, pdfEntry(file, reference, 'TransformMethod'));
  const rights = asDictionary(pdfEntry(file, reference, 'TransformParams'));
  mustHold(
    method === '/DocMDP' && asNumber(pdfEntry(file, rights, 'P')) === 1,
    'The signature allows changes to the PDF.',
  );
}

/**
 * Verifies the signature itself. The CMS must be, byte for byte, the one that we build from its certificate, its
 * signature value and the digest of the file: message digest, ESS certificate hash, the form of the hex and the
 * zeros behind it are all checked by that.
 *
 * @returns the signer's certificate in DER
 * @throws LabError evidence/signature-invalid, evidence/unreadable
 */
export function verifiedSigner(file: PdfFile, gap: SignatureGap): Buffer {
  const hex = file.text.slice(gap.start + 1, gap.end - 1);
  mustHold(/^[0-9A-F]+$/.test(hex), 'The signature is not pure upper-case hex.');
  const cms = derElementAt(Buffer.from(hex, 'hex'), 0).bytes;
  mustHold(
    gapText(cms) === file.text.slice(gap.start, gap.end),
    'Behind the signature there is something else than zeros.',
  );
  const digest = sha256(file.bytes.subarray(0, gap.start), file.bytes.subarray(gap.end));
  const { certificate, signature } = partsOfCms(cms);
  mustHold(
    detachedCms({ digest, certificate, signature }).equals(cms),
    'The content of the PDF is not what was signed.',
  );
  const { publicKey } = parseCertificate(certificate, 'The signature of the PDF');
  const covered = signedAttributes(digest, certificate);
  mustHold(
    verify('sha256', covered, publicKey, signature),
    'The signature value of the PDF is wrong.',
  );
  return Buffer.from(certificate);
}

/**
 * A self-made certificate: P-256, issued by itself, its own signature right.
 *
 * @throws LabError evidence/signature-invalid
 */
export function checkCertificate(der: Buffer): string {
  const certificate = parseCertificate(der, 'The certificate of the PDF');
  const { publicKey } = certificate;
  mustHold(
    publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    'The certificate of the PDF holds no P-256 key.',
  );
  mustHold(
    certificate.issuer === certificate.subject && certificate.verify(publicKey),
    'The certificate of the PDF was not made by its own key.',
  );
  return certificate.subject.replaceAll('\n', ', ');
}
