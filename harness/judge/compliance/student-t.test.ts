import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { centralQuantile, centralShare } from './student-t.ts';

/** Two-sided critical values as printed in tables of the distribution: degrees, confidence, t. */
const table: readonly (readonly [number, number, number])[] = [
  [1, 0.9, 6.314],
  [1, 0.95, 12.706],
  [1, 0.99, 63.657],
  [2, 0.95, 4.303],
  [2, 0.99, 9.925],
  [3, 0.95, 3.182],
  [3, 0.99, 5.841],
  [4, 0.95, 2.776],
  [4, 0.99, 4.604],
  [5, 0.99, 4.032],
  [6, 0.95, 2.447],
  [6, 0.99, 3.707],
  [7, 0.998, 4.785],
  [10, 0.95, 2.228],
  [10, 0.99, 3.169],
  [14, 0.99, 2.977],
  [29, 0.95, 2.045],
  [30, 0.95, 2.042],
  [30, 0.99, 2.75],
  [60, 0.99, 2.66],
  [120, 0.95, 1.98],
  [120, 0.99, 2.617],
];

/** The density of t, but for a constant. */
function density(t: number, degrees: number): number {
  return (1 + (t * t) / degrees) ** (-(degrees + 1) / 2);
}

/** Simpson's rule over u = atan(t), so that the whole line is a short piece. */
function integral(upTo: number, degrees: number): number {
  const end = Math.atan(upTo);
  const stepCount = 20_000;
  let sum = 0;
  for (let step = 0; step <= stepCount; step += 1) {
    const angle = (end * step) / stepCount;
    const t = Math.tan(angle);
    const weight = step === 0 || step === stepCount ? 1 : 2 + 2 * (step % 2);
    sum += weight * density(t, degrees) * (1 + t * t);
  }
  return (sum * end) / stepCount / 3;
}

describe('student t', () => {
  it.each(table)('with %i degrees at %f has the tabled quantile %f', (degrees, share, t) => {
    expect(Math.abs(centralQuantile(share, degrees) - t)).toBeLessThanOrEqual(0.0005 + 1e-9);
  });

  it('goes over into the normal quantile 2.5758 with 100 000 degrees', () => {
    expect(centralQuantile(0.99, 100_000)).toBeCloseTo(2.5758, 3);
  });

  it.each([3, 4, 9, 12])('agrees with the integral of the density with %i degrees', (degrees) => {
    const whole = integral(1e9, degrees);
    for (const t of [0.3, 1, 2.5, 6])
      expect(centralShare(t, degrees)).toBeCloseTo(integral(t, degrees) / whole, 6);
  });

  it('is undone by its quantile', () => {
    const share = fc.double({ min: 0.01, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 300 }), (confidence, degrees) => {
        const t = centralQuantile(confidence, degrees);
        expect(centralShare(t, degrees)).toBeCloseTo(confidence, 10);
        expect(centralShare(-t, degrees)).toBe(centralShare(t, degrees));
      }),
    );
  });

  it('has nothing outside of an infinite t and everything outside of 0', () => {
    expect(centralShare(Number.POSITIVE_INFINITY, 5)).toBe(1);
    expect(centralShare(0, 5)).toBe(0);
    expect(centralShare(Number.NaN, 5)).toBeNaN();
  });
});
