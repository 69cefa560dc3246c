import { expect, test } from 'vitest';

import {
  datatypeNames,
  holdsEveryValue,
  isNumericDatatype,
  rawTensor,
  rawValues,
  type Datatype,
} from './tensor-data.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** −3 and 127 as the suites' int8. */
const signed = Uint8Array.of(0xfd, 0x7f);

/** Packed with `struct` of Python, little-endian. */
const golden: Partial<Record<Datatype, string>> = {
  BOOL: '0101',
  INT8: 'fd7f',
  INT16: 'fdff7f00',
  INT32: 'fdffffff7f000000',
  INT64: 'fdffffffffffffff7f00000000000000',
  FP16: '00c2f057',
  BF16: '40c0fe42',
  FP32: '000040c00000fe42',
  FP64: '00000000000008c00000000000c05f40',
  BYTES: '02000000fd7f',
};

test('two signed elements in every datatype that holds them', () => {
  const made: Record<string, string> = {};
  for (const datatype of datatypeNames) {
    if (holdsEveryValue(datatype, 'int8'))
      made[datatype] = hex(rawTensor(signed, 'int8', datatype));
  }
  expect(made).toEqual(golden);
});

test('unsigned elements stay unsigned', () => {
  const sample = Uint8Array.of(0, 255);
  expect(hex(rawTensor(sample, 'uint8', 'UINT8'))).toBe('00ff');
  expect(hex(rawTensor(sample, 'uint8', 'UINT16'))).toBe('0000ff00');
  expect(hex(rawTensor(sample, 'uint8', 'INT16'))).toBe('0000ff00');
  expect(hex(rawTensor(sample, 'uint8', 'UINT64'))).toBe('0000000000000000ff00000000000000');
  expect(hex(rawTensor(sample, 'uint8', 'FP32'))).toBe('0000000000007f43');
  expect(hex(rawTensor(sample, 'uint8', 'BOOL'))).toBe('0001');
  expect(holdsEveryValue('INT8', 'uint8')).toBe(false);
});

test('every element comes back as the number that it was, in every datatype', () => {
  const sample = Uint8Array.from({ length: 256 }, (_, at) => at);
  for (const element of ['int8', 'uint8'] as const) {
    const numbers = Array.from(element === 'int8' ? new Int8Array(sample.buffer) : sample);
    for (const datatype of datatypeNames) {
      if (!isNumericDatatype(datatype) || !holdsEveryValue(datatype, element)) continue;
      const values = [...rawValues(rawTensor(sample, element, datatype), datatype, 256)];
      expect(values).toEqual(datatype === 'BOOL' ? numbers.map((n) => (n === 0 ? 0 : 1)) : numbers);
    }
  }
});

test('too few and too many bytes are refused', () => {
  for (const byteCount of [7, 9]) {
    expect(() => rawValues(new Uint8Array(byteCount), 'FP32', 2)).toThrow(/2 elements of FP32/);
  }
});
