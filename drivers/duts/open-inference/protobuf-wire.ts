import { malformedAnswer } from './malformed-answer.ts';

/** One field of a message as it lies on the wire. */
export type WireField =
  | { readonly kind: 'varint'; readonly number: number; readonly value: bigint }
  | { readonly kind: 'fixed64'; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: 'fixed32'; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: 'bytes'; readonly number: number; readonly bytes: Uint8Array };

const varintBytesMax = 10;
const fieldNumberMax = 536_870_911;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let read = 0; read < varintBytesMax; read += 1) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) throw malformedAnswer('a number breaks off');
    cursor.at += 1;
    value |= BigInt(byte & 0x7f) << BigInt(7 * read);
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw malformedAnswer('a number has more than 64 bits');
}

function take(cursor: Cursor, count: number): Uint8Array {
  const end = cursor.at + count;
  if (end > cursor.bytes.length) throw malformedAnswer('a field is longer than its message');
  const taken = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
}

function readField(cursor: Cursor): WireField {
  const key = Number(readVarint(cursor));
  const number = Math.floor(key / 8);
  if (number < 1 || number > fieldNumberMax) throw malformedAnswer(`a field has number ${number}`);
  switch (key % 8) {
    case 0:
      return { kind: 'varint', number, value: readVarint(cursor) };
    case 1:
      return { kind: 'fixed64', number, bytes: take(cursor, 8) };
    case 2:
      return { kind: 'bytes', number, bytes: take(cursor, Number(readVarint(cursor))) };
    case 5:
      return { kind: 'fixed32', number, bytes: take(cursor, 4) };
    default:
      throw malformedAnswer(`a field has wire type ${key % 8}`);
  }
}

/**
 * The fields of a message in the order of the wire; bytes are views.
 *
 * @throws LabError network/malformed-answer
 */
export function readMessage(bytes: Uint8Array): readonly WireField[] {
  const cursor = { bytes, at: 0 };
  const fields: WireField[] = [];
  while (cursor.at < bytes.length) fields.push(readField(cursor));
  return fields;
}

/** The varints of a packed field. @throws LabError network/malformed-answer */
export function readPackedVarints(bytes: Uint8Array): readonly bigint[] {
  const cursor = { bytes, at: 0 };
  const values: bigint[] = [];
  while (cursor.at < bytes.length) values.push(readVarint(cursor));
  return values;
}

const text = new TextDecoder('utf-8', { fatal: true });

/** A string field. @throws LabError network/malformed-answer when it is no UTF-8 */
export function readText(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch (cause) {
    throw malformedAnswer('a text is no UTF-8', cause);
  }
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** Parts of a message one after the other. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A field of bytes, a text or a message of its own; also when empty. */
export function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  const key = varintBytes(BigInt(number * 8 + 2));
  return joinParts([key, varintBytes(BigInt(bytes.length)), bytes]);
}

/** A text; nothing at all when it is empty, as proto3 has it. */
export function textField(number: number, value: string): Uint8Array {
  return value === '' ? new Uint8Array(0) : bytesField(number, new TextEncoder().encode(value));
}

/** A repeated int64, packed. */
export function packedField(number: number, values: readonly number[]): Uint8Array {
  return bytesField(number, joinParts(values.map((value) => varintBytes(BigInt(value)))));
}
