import { sign, type KeyObject } from 'node:crypto';

import { assert } from '#harness/kernel/assert.ts';

import { detachedCms, signedAttributes } from '../cms.ts';
import { sha256 } from '../sha256.ts';
import { compactUtc, type UtcMoment } from '../utc-calendar.ts';
import {
  asDictionary,
  asItems,
  openPdf,
  pdfEntry,
  rawText,
  referenceTo,
  resolvePdf,
  type PdfFile,
} from './pdf-file.ts';
import { pdfUnreadable, type PdfDictionary } from './pdf-syntax.ts';
import { byteRangeText, gapText, pdfTextString, signatureHexDigitCount } from './signature-form.ts';

/** Who signs, and what the signature says. */
export interface PdfSigner {
  /** ECDSA P-256. */
  readonly privateKey: KeyObject;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly name: string;
  readonly reason: string;
  readonly signedAt: UtcMoment;
}

interface NewObject {
  readonly objectNumber: number;
  readonly body: string;
}

/** The dictionary as it was, with some entries set. */
function withEntries(
  file: PdfFile,
  dictionary: PdfDictionary,
  changes: Readonly<Record<string, string>>,
): string {
  const kept = [...dictionary.entries]
    .filter(([key]) => !Object.hasOwn(changes, key))
    .map(([key, node]) => `/${key} ${rawText(file, node)}`);
  const set = Object.entries(changes).map(([key, text]) => `/${key} ${text}`);
  return `<<\n${[...kept, ...set].join('\n')}\n>>`;
}

function firstPageNumber(file: PdfFile, catalog: PdfDictionary): number {
  let objectNumber = referenceTo(catalog, 'Pages');
  for (let depth = 0; depth < 16; depth += 1) {
    const node = asDictionary(
      resolvePdf(file, { kind: 'reference', objectNumber, start: 0, end: 0 }),
    );
    if (!node.entries.has('Kids')) return objectNumber;
    const [first] = asItems(pdfEntry(file, node, 'Kids'));
    if (first?.kind !== 'reference') break;
    objectNumber = first.objectNumber;
  }
  throw pdfUnreadable('has no first page', catalog.start);
}

function pageWithWidget(file: PdfFile, pageNumber: number, widgetNumber: number): string {
  const start = file.offsets.get(pageNumber) ?? 0;
  const page = asDictionary(
    resolvePdf(file, { kind: 'reference', objectNumber: pageNumber, start, end: start }),
  );
  const present = page.entries.get('Annots');
  const others =
    present === undefined
      ? []
      : asItems(resolvePdf(file, present)).map((item) => rawText(file, item));
  const annotations = `[${[...others, `${widgetNumber} 0 R`].join(' ')}]`;
  return withEntries(file, page, { Annots: annotations, Tabs: '/S' });
}

/** Certifying: DocMDP with P 1 forbids every later change. */
function signatureBody(signer: PdfSigner): string {
  return [
    '<<',
    '/Type /Sig',
    '/Filter /Adobe.PPKLite',
    '/SubFilter /ETSI.CAdES.detached',
    `/Name ${pdfTextString(signer.name)}`,
    `/Reason ${pdfTextString(signer.reason)}`,
    `/M (D:${compactUtc(signer.signedAt)}Z)`,
    '/Reference [<< /Type /SigRef /TransformMethod /DocMDP',
    '/TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]',
    `/ByteRange ${byteRangeText({ gapStart: 0, gapEnd: 0, fileEnd: 0 })}`,
    `/Contents <${'0'.repeat(signatureHexDigitCount)}>`,
    '>>',
  ].join('\n');
}

function fieldBody(numbers: {
  readonly signature: number;
  readonly look: number;
  readonly page: number;
}): string {
  return [
    '<<',
    '/Type /Annot /Subtype /Widget /FT /Sig /T (LabSignature)',
    '/TU (Signature of the lab over the whole report)',
    '/Rect [0 0 0 0] /F 132',
    `/AP << /N ${numbers.look} 0 R >>`,
    `/V ${numbers.signature} 0 R /P ${numbers.page} 0 R`,
    '>>',
  ].join('\n');
}

const emptyLook =
  '<< /Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << >> /Length 0 >>\nstream\n\nendstream';

function newObjects(file: PdfFile, firstFree: number, signer: PdfSigner): NewObject[] {
  const catalog = asDictionary(pdfEntry(file, file.trailer, 'Root'));
  const page = firstPageNumber(file, catalog);
  const [signature, field, look] = [firstFree, firstFree + 1, firstFree + 2];
  const catalogBody = withEntries(file, catalog, {
    AcroForm: `<< /Fields [${field} 0 R] /SigFlags 3 >>`,
    Perms: `<< /DocMDP ${signature} 0 R >>`,
  });
  return [
    { objectNumber: referenceTo(file.trailer, 'Root'), body: catalogBody },
    { objectNumber: page, body: pageWithWidget(file, page, field) },
    { objectNumber: signature, body: signatureBody(signer) },
    { objectNumber: field, body: fieldBody({ signature, look, page }) },
    { objectNumber: look, body: emptyLook },
  ];
}

/** One incremental revision; keeps /ID and /Info of the trailer, as PDF/A demands. */
function revisionText(file: PdfFile, objects: readonly NewObject[], size: number): string {
  let text = file.text.endsWith('\n') ? '' : '\n';
  const entries: { readonly objectNumber: number; readonly offset: number }[] = [];
  for (const { objectNumber, body } of objects) {
    entries.push({ objectNumber, offset: file.bytes.length + text.length });
    text += `${objectNumber} 0 obj\n${body}\nendobj\n`;
  }
  const xrefOffset = file.bytes.length + text.length;
  const table = entries
    .toSorted((left, right) => left.objectNumber - right.objectNumber)
    .map(
      ({ objectNumber, offset }) =>
        `${objectNumber} 1\n${String(offset).padStart(10, '0')} 00000 n \n`,
    );
  const trailer = withEntries(file, file.trailer, {
    Size: String(size),
    Prev: String(file.xrefOffset),
  });
  return `${text}xref\n${table.join('')}trailer\n${trailer}\nstartxref\n${xrefOffset}\n%%EOF\n`;
}

function writeAt(bytes: Buffer, offset: number, text: string): void {
  bytes.set(Buffer.from(text, 'latin1'), offset);
}

/**
 * Signs a PDF: one PAdES signature that certifies the whole file and lets nothing change after it.
 *
 * @param pdf - a file with classic cross-reference tables and no signature yet
 * @returns the signed file; every byte but the signature itself is covered
 * @throws LabError evidence/unreadable when the PDF is none that we can extend
 * @see ETSI EN 319 142-1 (PAdES baseline), ISO 32000-1 12.8
 */
export function signPdf(pdf: Uint8Array, signer: PdfSigner): Uint8Array {
  const file = openPdf(pdf);
  const firstFree = Number(rawText(file, pdfEntry(file, file.trailer, 'Size')));
  const revision = revisionText(file, newObjects(file, firstFree, signer), firstFree + 3);
  const bytes = Buffer.concat([pdf, Buffer.from(revision, 'latin1')]);
  const gapStart = bytes.indexOf('/Contents <', pdf.length, 'latin1') + '/Contents '.length;
  const gapEnd = gapStart + signatureHexDigitCount + 2;
  const rangeAt = bytes.indexOf('/ByteRange [', pdf.length, 'latin1') + '/ByteRange '.length;
  writeAt(bytes, rangeAt, byteRangeText({ gapStart, gapEnd, fileEnd: bytes.length }));

  const digest = sha256(bytes.subarray(0, gapStart), bytes.subarray(gapEnd));
  const { certificate, privateKey } = signer;
  const signature = sign('sha256', signedAttributes(digest, certificate), privateKey);
  const gap = gapText(detachedCms({ digest, certificate, signature }));
  assert(gap.length === gapEnd - gapStart, 'the signature fits the space kept for it');
  writeAt(bytes, gapStart, gap);
  return bytes;
}
