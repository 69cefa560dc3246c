import { describe, expect, it } from 'vitest';

import { cosineOfTurns, naturalLogarithm, powerOfTwo, sineOfTurns } from './portable-math.ts';

describe('portable math agrees with Math', () => {
  it('takes sines and cosines within 1e-11 over -3..3 turns', () => {
    for (let turns = -3; turns <= 3; turns += 0.0137) {
      expect(Math.abs(sineOfTurns(turns) - Math.sin(2 * Math.PI * turns))).toBeLessThan(1e-11);
      expect(Math.abs(cosineOfTurns(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(1e-11);
    }
  });

  it('raises two to -20..20 within one part in 1e12', () => {
    for (let exponent = -20; exponent <= 20; exponent += 0.173) {
      expect(Math.abs(powerOfTwo(exponent) / 2 ** exponent - 1)).toBeLessThan(1e-12);
    }
  });

  it('takes logarithms of 1e-9..1e9 within 1e-13', () => {
    for (let value = 1e-9; value < 1e9; value *= 1.37) {
      expect(Math.abs(naturalLogarithm(value) - Math.log(value))).toBeLessThan(1e-13);
    }
  });
});
