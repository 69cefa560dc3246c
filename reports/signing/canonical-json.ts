import canonicalize from 'canonicalize';

import { labError } from '#harness/contracts/error-catalogue.ts';

/**
 * The one byte form of a JSON value (RFC 8785): sorted keys, no blanks, numbers as ECMAScript writes them.
 *
 * @param value - JSON; members that are `undefined` are left out
 * @throws LabError run/bug when it holds NaN, an infinity or a lone surrogate: no record may hold these
 */
export function canonicalJson(value: unknown): string {
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw labError('run/bug', 'A value has no canonical JSON form.', { cause });
  }
  throw labError('run/bug', 'A value has no canonical JSON form: it is no JSON at all.');
}

/** The same as UTF-8 bytes. */
export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(canonicalJson(value), 'utf8'));
}

/**
 * Parses bytes that must be in canonical form, so that no two byte strings mean the same value: doubled keys,
 * blanks, other number forms and bytes that are no UTF-8 are all refused.
 *
 * @param what - names the file, for the message
 * @throws LabError evidence/unreadable
 */
export function parseCanonical(bytes: Uint8Array, what: string): unknown {
  let value: unknown;
  let canonical: string;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    canonical = canonicalJson(value);
  } catch (cause) {
    throw labError('evidence/unreadable', `${what} is no JSON.`, { cause });
  }
  if (!Buffer.from(canonical, 'utf8').equals(bytes)) {
    throw labError('evidence/unreadable', `${what} is not in canonical form (RFC 8785).`);
  }
  return value;
}
