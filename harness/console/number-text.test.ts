import { expect, it } from 'vitest';

import { millisecondsText, numberText, percentText } from './number-text.ts';

it.each([
  [undefined, '–'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
  [0, '0'],
  [0.001_234_5, '0.00123'],
  [0.998_76, '0.999'],
  [15.625, '15.6'],
  [120.5, '121'],
  [63_750.4, '63750'],
  [-1.239, '-1.24'],
])('%f is shown as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

it('shows nanoseconds as milliseconds and fractions as percent', () => {
  expect(millisecondsText(18_250_000)).toBe('18.3');
  expect(millisecondsText(undefined)).toBe('–');
  expect(percentText(0.9125)).toBe('91.3 %');
  expect(percentText(undefined)).toBe('–');
});
