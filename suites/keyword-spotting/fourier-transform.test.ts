import { describe, expect, it } from 'vitest';

import { fourierTransform } from './fourier-transform.ts';

describe('fourier transform', () => {
  it('finds the definition’s sums over 16 complex values within 1e-9', () => {
    const real = Float64Array.from({ length: 16 }, (_, n) => Math.sin(n * 1.7) + n / 16);
    const imaginary = Float64Array.from({ length: 16 }, (_, n) => Math.cos(n * 0.6));
    const row = { real: Float64Array.from(real), imaginary: Float64Array.from(imaginary) };
    fourierTransform(16)(row);
    for (let bin = 0; bin < 16; bin += 1) {
      const angles = Array.from({ length: 16 }, (_, n) => (-2 * Math.PI * bin * n) / 16);
      const re = angles.reduce(
        (sum, a, n) => sum + (real[n] ?? 0) * Math.cos(a) - (imaginary[n] ?? 0) * Math.sin(a),
        0,
      );
      const im = angles.reduce(
        (sum, a, n) => sum + (real[n] ?? 0) * Math.sin(a) + (imaginary[n] ?? 0) * Math.cos(a),
        0,
      );
      expect(row.real[bin]).toBeCloseTo(re, 9);
      expect(row.imaginary[bin]).toBeCloseTo(im, 9);
    }
  });

  it('refuses a length of 12', () => {
    expect(() => fourierTransform(12)).toThrow(RangeError);
  });
});
