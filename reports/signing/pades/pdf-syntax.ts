import { labError } from '#harness/contracts/error-catalogue.ts';

/** Where a value lies in the file: `start` inclusive, `end` exclusive, in bytes. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value of a PDF. Words are numbers, true, false and null; strings are literal or hex, not decoded. */
export type PdfNode = Span &
  (
    | { readonly kind: 'word'; readonly text: string }
    | { readonly kind: 'name'; readonly text: string }
    | { readonly kind: 'string' }
    | { readonly kind: 'reference'; readonly objectNumber: number }
    | { readonly kind: 'array'; readonly items: readonly PdfNode[] }
    | PdfDictionary
  );

/** A dictionary; keys without their slash. */
export interface PdfDictionary extends Span {
  readonly kind: 'dictionary';
  readonly entries: ReadonlyMap<string, PdfNode>;
}

const depthMax = 32;
const blanks = /(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*/y;
const reference = /(\d{1,10}) 0 R(?![A-Za-z0-9])/y;
const word = /[+\-.0-9A-Za-z]+/y;
const name = /\/([^\0\t\n\f\r ()<>[\]{}/%]*)/y;
const hexString = /<[0-9A-Fa-f\t\n\f\r ]*>/y;
const literalString = /\((?:[^()\\]|\\[^])*\)/y;

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text) ?? undefined;
}

/** The offset after blanks and comments. */
export function skipBlanks(text: string, offset: number): number {
  return offset + (matchAt(blanks, text, offset)?.[0].length ?? 0);
}

/** What every unreadable PDF ends in. */
export function pdfUnreadable(problem: string, offset: number): Error {
  return labError('evidence/unreadable', `The PDF ${problem} at byte ${offset}.`);
}

function parseArray(text: string, start: number, depth: number): PdfNode {
  const items: PdfNode[] = [];
  let offset = skipBlanks(text, start + 1);
  while (text[offset] !== ']') {
    const item = parsePdfNode(text, offset, depth + 1);
    items.push(item);
    offset = skipBlanks(text, item.end);
  }
  return { kind: 'array', items, start, end: offset + 1 };
}

function parseDictionary(text: string, start: number, depth: number): PdfDictionary {
  const entries = new Map<string, PdfNode>();
  let offset = skipBlanks(text, start + 2);
  while (!text.startsWith('>>', offset)) {
    const key = matchAt(name, text, offset);
    if (key?.[1] === undefined) throw pdfUnreadable('holds a broken dictionary', offset);
    if (entries.has(key[1])) throw pdfUnreadable(`holds /${key[1]} twice`, offset);
    const value = parsePdfNode(text, skipBlanks(text, offset + key[0].length), depth + 1);
    entries.set(key[1], value);
    offset = skipBlanks(text, value.end);
  }
  return { kind: 'dictionary', entries, start, end: offset + 2 };
}

function parseSimple(text: string, start: number): PdfNode {
  const asReference = matchAt(reference, text, start);
  if (asReference !== undefined) {
    const objectNumber = Number(asReference[1]);
    return { kind: 'reference', objectNumber, start, end: start + asReference[0].length };
  }
  const asName = matchAt(name, text, start);
  if (asName !== undefined) {
    return { kind: 'name', text: asName[1] ?? '', start, end: start + asName[0].length };
  }
  const asString = matchAt(hexString, text, start) ?? matchAt(literalString, text, start);
  if (asString !== undefined) return { kind: 'string', start, end: start + asString[0].length };
  const asWord = matchAt(word, text, start);
  if (asWord !== undefined) {
    return { kind: 'word', text: asWord[0], start, end: start + asWord[0].length };
  }
  throw pdfUnreadable('holds an unknown value', start);
}

/**
 * Parses one value: the part of the syntax that our reports use, no more.
 *
 * @param text - the file, one character per byte (latin1)
 * @param offset - of the value's first byte
 * @throws LabError evidence/unreadable
 */
export function parsePdfNode(text: string, offset: number, depth = 0): PdfNode {
  if (depth > depthMax) throw pdfUnreadable('nests too deep', offset);
  if (text.startsWith('<<', offset)) return parseDictionary(text, offset, depth);
  if (text[offset] === '[') return parseArray(text, offset, depth);
  return parseSimple(text, offset);
}
