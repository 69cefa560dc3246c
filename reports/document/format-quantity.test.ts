import { describe, expect, it } from 'vitest';

import {
  formatCount,
  formatDurationNs,
  formatExact,
  formatExactPercent,
  formatMeasured,
  formatMicrojoules,
  formatNumber,
  formatPercent,
  formatWatts,
} from './format-quantity.ts';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('quantities in words', () => {
  it.each([
    [0, '0 s'],
    [999, '999.0 ns'],
    [1000, '1.000 µs'],
    [3_187_234, '3.187 ms'],
    [12_600_000_000, '12.60 s'],
    [1_234_567_000_000, '1235 s'],
  ])('%d ns is %s', (durationNs, text) => {
    expect(plain(formatDurationNs(durationNs))).toBe(text);
  });

  it('writes power, energy and shares in units that read well', () => {
    expect(plain(formatWatts(0.04128))).toBe('41.28 mW');
    expect(plain(formatWatts(218))).toBe('218.0 W');
    expect(plain(formatMicrojoules(128.04))).toBe('128.0 µJ');
    expect(plain(formatMicrojoules(12_800))).toBe('12.80 mJ');
    expect(plain(formatMicrojoules(0.0128))).toBe('12.80 nJ');
    expect(plain(formatPercent(0.9237))).toBe('92.37 %');
  });

  it('keeps whole numbers whole and sets thousands apart', () => {
    expect(formatCount(200)).toBe('200');
    expect(formatCount(5120)).toBe('5120');
    expect(plain(formatCount(1_234_567))).toBe('1 234 567');
    expect(formatCount(-3)).toBe('\u22123');
  });

  it('never writes an exponent, and names what is no number', () => {
    expect(formatNumber(0.000_012_346)).toBe('0.00001235');
    expect(formatNumber(Number.NaN)).toBe('not a number');
  });

  it('writes a measured value in the unit that the rule names', () => {
    expect(plain(formatMeasured(0.85, 'fraction'))).toBe('85.00 %');
    expect(plain(formatMeasured(1500, 'ms'))).toBe('1.500 s');
    expect(plain(formatMeasured(64, 'queries'))).toBe('64 queries');
  });
});

it('writes what was set as it was set', () => {
  expect([0.9, 1e-6, 15, 100, 0.000_25].map(formatExact)).toStrictEqual([
    '0.9',
    '0.000001',
    '15',
    '100',
    '0.00025',
  ]);
  expect([0.99, 0.999, 0.02].map((share) => plain(formatExactPercent(share)))).toStrictEqual([
    '99 %',
    '99.9 %',
    '2 %',
  ]);
});
