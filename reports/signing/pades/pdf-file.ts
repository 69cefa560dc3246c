import { inflateSync } from 'node:zlib';

import {
  parsePdfNode,
  pdfUnreadable,
  skipBlanks,
  type PdfDictionary,
  type PdfNode,
} from './pdf-syntax.ts';

/** A PDF with classic cross-reference tables, opened by its last revision. */
export interface PdfFile {
  readonly bytes: Uint8Array;
  /** One character per byte. */
  readonly text: string;
  readonly offsets: ReadonlyMap<number, number>;
  /** Of the last revision. */
  readonly trailer: PdfDictionary;
  /** Of the last cross-reference table. */
  readonly xrefOffset: number;
}

const revisionCountMax = 4;
const streamBytesMax = 16 * 1024 * 1024;
const tail = /startxref\n(\d{1,10})\n%%EOF\n?$/;
const xrefSection = /(\d{1,10}) (\d{1,10})\s*\n/y;
const xrefEntry = /(\d{10}) (\d{5}) ([nf])(?: \n| \r|\r\n)/y;

function readXrefTable(text: string, start: number, offsets: Map<number, number>): PdfDictionary {
  if (!text.startsWith('xref\n', start)) throw pdfUnreadable('has no table of objects', start);
  let offset = start + 'xref\n'.length;
  while (!text.startsWith('trailer', offset)) {
    xrefSection.lastIndex = offset;
    const section = xrefSection.exec(text);
    if (section === null) throw pdfUnreadable('has a broken table of objects', offset);
    const first = Number(section[1]);
    const count = Number(section[2]);
    offset += section[0].length;
    for (let place = 0; place < count; place += 1) {
      xrefEntry.lastIndex = offset;
      const entry = xrefEntry.exec(text);
      if (entry === null) throw pdfUnreadable('has a broken table of objects', offset);
      const isNew = entry[3] === 'n' && !offsets.has(first + place);
      if (isNew) offsets.set(first + place, Number(entry[1]));
      offset += entry[0].length;
    }
  }
  return asDictionary(parsePdfNode(text, skipBlanks(text, offset + 'trailer'.length)));
}

/**
 * Opens a PDF: reads the tables of all its revisions, the newest first.
 *
 * @throws LabError evidence/unreadable
 */
export function openPdf(bytes: Uint8Array): PdfFile {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const end = tail.exec(text.slice(-64));
  if (!text.startsWith('%PDF-1.') || end === null) throw pdfUnreadable('is none, or is cut', 0);
  const offsets = new Map<number, number>();
  const xrefOffset = Number(end[1]);
  const trailer = readXrefTable(text, xrefOffset, offsets);
  let older = trailer.entries.get('Prev');
  for (let revision = 1; older !== undefined; revision += 1) {
    if (revision > revisionCountMax) throw pdfUnreadable('has too many revisions', xrefOffset);
    older = readXrefTable(text, asNumber(older), offsets).entries.get('Prev');
  }
  return { bytes, text, offsets, trailer, xrefOffset };
}

/** The node as a dictionary. @throws LabError evidence/unreadable */
export function asDictionary(node: PdfNode): PdfDictionary {
  if (node.kind !== 'dictionary') throw pdfUnreadable('lacks a dictionary', node.start);
  return node;
}

/** The node as a whole number. @throws LabError evidence/unreadable */
export function asNumber(node: PdfNode): number {
  const value = node.kind === 'word' ? Number(node.text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw pdfUnreadable('lacks a number', node.start);
  return value;
}

/** The items of an array. @throws LabError evidence/unreadable */
export function asItems(node: PdfNode): readonly PdfNode[] {
  if (node.kind !== 'array') throw pdfUnreadable('lacks an array', node.start);
  return node.items;
}

/** The object that a value points to, or the value itself. @throws LabError evidence/unreadable */
export function resolvePdf(file: PdfFile, node: PdfNode): PdfNode {
  if (node.kind !== 'reference') return node;
  const offset = file.offsets.get(node.objectNumber);
  const head = `${node.objectNumber} 0 obj`;
  if (offset === undefined || !file.text.startsWith(head, offset)) {
    throw pdfUnreadable(`lacks object ${node.objectNumber}`, node.start);
  }
  return parsePdfNode(file.text, skipBlanks(file.text, offset + head.length));
}

/** The resolved value of a key. @throws LabError evidence/unreadable when it is absent */
export function pdfEntry(file: PdfFile, dictionary: PdfDictionary, key: string): PdfNode {
  const node = dictionary.entries.get(key);
  if (node === undefined) throw pdfUnreadable(`lacks /${key}`, dictionary.start);
  return resolvePdf(file, node);
}

/** The bytes of a value as they lie in the file. */
export function rawText(file: PdfFile, node: PdfNode): string {
  return file.text.slice(node.start, node.end);
}

/** The object number that a key refers to. @throws LabError evidence/unreadable */
export function referenceTo(dictionary: PdfDictionary, key: string): number {
  const node = dictionary.entries.get(key);
  if (node?.kind !== 'reference') throw pdfUnreadable(`lacks /${key}`, dictionary.start);
  return node.objectNumber;
}

/**
 * The decoded bytes of a stream, plain or deflated.
 *
 * @throws LabError evidence/unreadable
 */
export function streamBytes(file: PdfFile, dictionary: PdfDictionary): Uint8Array {
  const at = skipBlanks(file.text, dictionary.end);
  if (!file.text.startsWith('stream\n', at)) throw pdfUnreadable('lacks a stream', at);
  const start = at + 'stream\n'.length;
  const content = file.bytes.subarray(
    start,
    start + asNumber(pdfEntry(file, dictionary, 'Length')),
  );
  const filter = dictionary.entries.get('Filter');
  if (filter === undefined) return content;
  if (filter.kind !== 'name' || filter.text !== 'FlateDecode') {
    throw pdfUnreadable('has a stream of an unknown filter', at);
  }
  return inflateSync(content, { maxOutputLength: streamBytesMax });
}
