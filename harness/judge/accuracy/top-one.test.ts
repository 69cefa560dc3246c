import { expect, it } from 'vitest';

import { answeredClass } from './top-one.ts';

it('answers the place of the largest value, the lowest of equals, and nothing for a NaN', () => {
  expect(answeredClass(Float32Array.of(0.1, 0.7, 0.2))).toBe(1);
  expect(answeredClass(Float32Array.of(0.2, 0.4, 0.4))).toBe(1);
  expect(answeredClass(Float32Array.of(-2, Number.NEGATIVE_INFINITY, -1))).toBe(2);
  expect(answeredClass(Float32Array.of(Number.NEGATIVE_INFINITY))).toBe(0);
  expect(answeredClass(Float32Array.of(0.9, Number.NaN))).toBeUndefined();
  expect(answeredClass(Float32Array.of())).toBeUndefined();
});

it('answers nothing when no class has anything', () => {
  expect(answeredClass(Float32Array.of(0, 0, 0))).toBeUndefined();
  expect(answeredClass(Float32Array.of(0, -1))).toBe(0);
  expect(answeredClass(Float32Array.of(0))).toBe(0);
});
