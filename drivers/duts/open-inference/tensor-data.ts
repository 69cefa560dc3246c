import type { InputElement } from '#harness/contracts/inference.ts';

import { bf16Bits, bf16Value, fp16Bits, fp16Value } from './half-floats.ts';
import { malformedAnswer } from './malformed-answer.ts';

/** Little-endian, no padding. */
interface ElementCodec {
  readonly bytes: number;
  readonly write: (view: DataView, at: number, value: number) => void;
  readonly read: (view: DataView, at: number) => number;
}

const numeric = {
  BOOL: {
    bytes: 1,
    write: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
    read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  },
  UINT8: {
    bytes: 1,
    write: (view, at, value) => view.setUint8(at, value),
    read: (view, at) => view.getUint8(at),
  },
  INT8: {
    bytes: 1,
    write: (view, at, value) => view.setInt8(at, value),
    read: (view, at) => view.getInt8(at),
  },
  UINT16: {
    bytes: 2,
    write: (view, at, value) => view.setUint16(at, value, true),
    read: (view, at) => view.getUint16(at, true),
  },
  INT16: {
    bytes: 2,
    write: (view, at, value) => view.setInt16(at, value, true),
    read: (view, at) => view.getInt16(at, true),
  },
  UINT32: {
    bytes: 4,
    write: (view, at, value) => view.setUint32(at, value, true),
    read: (view, at) => view.getUint32(at, true),
  },
  INT32: {
    bytes: 4,
    write: (view, at, value) => view.setInt32(at, value, true),
    read: (view, at) => view.getInt32(at, true),
  },
  UINT64: {
    bytes: 8,
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
    read: (view, at) => Number(view.getBigUint64(at, true)),
  },
  INT64: {
    bytes: 8,
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
    read: (view, at) => Number(view.getBigInt64(at, true)),
  },
  FP16: {
    bytes: 2,
    write: (view, at, value) => view.setUint16(at, fp16Bits(value), true),
    read: (view, at) => fp16Value(view.getUint16(at, true)),
  },
  BF16: {
    bytes: 2,
    write: (view, at, value) => view.setUint16(at, bf16Bits(value), true),
    read: (view, at) => bf16Value(view.getUint16(at, true)),
  },
  FP32: {
    bytes: 4,
    write: (view, at, value) => view.setFloat32(at, value, true),
    read: (view, at) => view.getFloat32(at, true),
  },
  FP64: {
    bytes: 8,
    write: (view, at, value) => view.setFloat64(at, value, true),
    read: (view, at) => view.getFloat64(at, true),
  },
} as const satisfies Record<string, ElementCodec>;

/** A datatype whose elements are numbers. */
export type NumericDatatype = keyof typeof numeric;

/** Every datatype of the protocol. */
export type Datatype = NumericDatatype | 'BYTES';

/** The names, for schemas and messages. */
export const datatypeNames: readonly Datatype[] = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'BF16',
  'FP32',
  'FP64',
  'BYTES',
];

/** Whether elements of this datatype are numbers. */
export function isNumericDatatype(name: string): name is NumericDatatype {
  return Object.hasOwn(numeric, name);
}

/** Whether the protocol has a datatype of this name. */
export function isDatatype(name: string): name is Datatype {
  return name === 'BYTES' || isNumericDatatype(name);
}

/** Datatypes that have no form in JSON; BYTES has one, but only for text. */
export function isBinaryOnly(datatype: Datatype): boolean {
  return datatype === 'FP16' || datatype === 'BF16' || datatype === 'BYTES';
}

/**
 * Whether every value of the suite's elements is a value of the datatype: a cast that changes numbers is refused
 * before the run. BOOL takes them as zero or not.
 */
export function holdsEveryValue(datatype: Datatype, element: InputElement): boolean {
  if (element === 'uint8') return datatype !== 'INT8';
  return !['UINT8', 'UINT16', 'UINT32', 'UINT64'].includes(datatype);
}

/** The sample's elements as numbers; a view, nothing is copied. */
export function sampleElements(sample: Uint8Array, element: InputElement): Uint8Array | Int8Array {
  if (element === 'uint8') return sample;
  return new Int8Array(sample.buffer, sample.byteOffset, sample.byteLength);
}

/**
 * A sample as a raw tensor: each element cast to the datatype, nothing else. BYTES: the whole sample is one element,
 * its length before it.
 */
export function rawTensor(
  sample: Uint8Array,
  element: InputElement,
  datatype: Datatype,
): Uint8Array {
  if (datatype === 'BYTES') {
    const raw = new Uint8Array(4 + sample.length);
    new DataView(raw.buffer).setUint32(0, sample.length, true);
    raw.set(sample, 4);
    return raw;
  }
  const { bytes, write } = numeric[datatype];
  const elements = sampleElements(sample, element);
  const raw = new Uint8Array(elements.length * bytes);
  const view = new DataView(raw.buffer);
  for (let at = 0; at < elements.length; at += 1) write(view, at * bytes, elements[at] ?? 0);
  return raw;
}

/**
 * The numbers of a raw tensor, as float32.
 *
 * @param elementCount - as its shape says
 * @throws LabError network/malformed-answer when the bytes are not exactly so many elements
 */
export function rawValues(
  raw: Uint8Array,
  datatype: NumericDatatype,
  elementCount: number,
): Float32Array {
  const { bytes, read } = numeric[datatype];
  if (raw.length !== elementCount * bytes) {
    throw malformedAnswer(`${elementCount} elements of ${datatype} in ${raw.length} bytes`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values = new Float32Array(elementCount);
  for (let at = 0; at < elementCount; at += 1) values[at] = read(view, at * bytes);
  return values;
}
