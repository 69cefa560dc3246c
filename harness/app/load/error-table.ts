import { Value } from 'typebox/value';

import {
  ErrorRecordSchema,
  errorRecord,
  type ErrorRecord,
} from '#harness/contracts/error-record.ts';

const slotCount = 16;
const slotByteCount = 4096;
/** A message is cut to this many characters, so that any record fits its slot. */
const messageLengthMax = 500;

/** The slot of an error for which none was left; only the first different ones of a load are kept. */
export const errorSlotNone = slotCount;

const lostRecord: ErrorRecord = errorRecord(new Error('the error of the query was not kept'));

/** Memory for the first different errors of a load's failed queries. Bytes of a slot: u32 length, UTF-8 JSON. */
export function createErrorTable(): SharedArrayBuffer {
  return new SharedArrayBuffer(slotCount * slotByteCount);
}

/** JSON of the record that fits a slot: without details, and with its message cut, where it must be. */
function fittingBytes(record: ErrorRecord): Uint8Array {
  const encoder = new TextEncoder();
  const whole = encoder.encode(JSON.stringify(record));
  if (whole.length <= slotByteCount - 4) return whole;
  const message = record.message.slice(0, messageLengthMax);
  return encoder.encode(JSON.stringify({ ...record, message, details: {} }));
}

/**
 * The writing end; one thread only.
 *
 * @returns a function that keeps an error and gives its slot: that of the first with the same code and message
 */
export function errorTableWriter(memory: SharedArrayBuffer): (error: unknown) => number {
  const slots = new Map<string, number>();
  return (error) => {
    const record = errorRecord(error);
    const text = `${record.code} ${record.message}`;
    const kept = slots.get(text);
    if (kept !== undefined) return kept;
    const slot = slots.size;
    if (slot >= slotCount) return errorSlotNone;
    const bytes = fittingBytes(record);
    const at = slot * slotByteCount;
    new DataView(memory).setUint32(at, bytes.length, true);
    new Uint8Array(memory, at + 4, slotByteCount - 4).set(bytes);
    slots.set(text, slot);
    return slot;
  };
}

/** The error in a slot, once a completion named it; what was not kept says so. */
export function errorInSlot(memory: SharedArrayBuffer, slot: number): ErrorRecord {
  if (slot < 0 || slot >= slotCount) return lostRecord;
  const at = slot * slotByteCount;
  const length = new DataView(memory).getUint32(at, true);
  if (length > slotByteCount - 4) return lostRecord;
  const text = new TextDecoder().decode(new Uint8Array(memory, at + 4, length).slice());
  const record: unknown = JSON.parse(text);
  return Value.Check(ErrorRecordSchema, record) ? record : lostRecord;
}
