import { expect, test } from 'vitest';

import { bf16Bits, bf16Value, fp16Bits, fp16Value } from './half-floats.ts';

/** Packed with `struct.pack('>e', …)` of Python. */
const fp16Golden: readonly (readonly [number, number])[] = [
  [1, 0x3c00],
  [-2, 0xc000],
  [0.333251953125, 0x3555],
  [65_504, 0x7bff],
  [6.103515625e-5, 0x0400],
  [5.960464477539063e-8, 0x0001],
  [-0, 0x8000],
  [255, 0x5bf8],
  [-128, 0xd800],
];

test('FP16 values are those of Python, both ways', () => {
  for (const [value, bits] of fp16Golden) {
    expect(fp16Bits(value)).toBe(bits);
    expect(fp16Value(bits)).toBe(value);
  }
});

test('FP16 rounds to nearest, ties to even, also where it becomes subnormal', () => {
  expect(fp16Bits(1.00048828125)).toBe(0x3c00);
  expect(fp16Bits(1.00146484375)).toBe(0x3c02);
  expect(fp16Bits(2049)).toBe(0x6800);
  expect(fp16Bits(2051)).toBe(0x6802);
  expect(fp16Bits(3e-8)).toBe(0x0001);
  expect(fp16Bits(2.9e-8)).toBe(0x0000);
  expect(fp16Bits(1e-5)).toBe(0x00a8);
  expect(fp16Bits(65_520)).toBe(0x7c00);
});

test('every one of the 65536 FP16 and BF16 patterns survives the way there and back', () => {
  const changed: number[] = [];
  for (let bits = 0; bits < 0x10000; bits += 1) {
    const half = fp16Value(bits);
    const brain = bf16Value(bits);
    // One pattern stands for all that are no number.
    const halfAgain = Number.isNaN(half) ? 0x7e00 : bits;
    const brainAgain = Number.isNaN(brain) ? 0x7fc0 : bits;
    if ((fp16Bits(half) & 0x7fff) !== (halfAgain & 0x7fff)) changed.push(bits);
    if (!Number.isNaN(half) && fp16Bits(half) !== bits) changed.push(bits);
    if (bf16Bits(brain) !== brainAgain) changed.push(bits);
  }
  expect(changed).toEqual([]);
});

test('BF16 is the upper half of a float32, rounded to nearest, ties to even', () => {
  expect([1, -2, 255, -128, 3.140625].map(bf16Bits)).toEqual([
    0x3f80, 0xc000, 0x437f, 0xc300, 0x4049,
  ]);
  expect(bf16Bits(257)).toBe(0x4380); // half-way between 256 and 258
  expect(bf16Bits(259)).toBe(0x4382); // half-way between 258 and 260
  expect(bf16Bits(3.4e38)).toBe(0x7f80);
});
