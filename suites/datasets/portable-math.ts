/**
 * Functions made of IEEE 754 additions, multiplications and divisions alone. The functions of `Math` other than `sqrt`,
 * `floor` and `round` may differ in the last bit between engines and processors; a data set that must have the same
 * bytes everywhere cannot use them.
 */

const turnRadians = 6.283185307179586;
const ln2 = Math.LN2;
const sqrt2 = Math.SQRT2;

/**
 * Sine of an angle in turns (1 turn = 2 pi radians), within 1e-11 of the true value.
 *
 * @param phaseTurns - finite, of any size; whole turns are taken off first
 */
export function sineOfTurns(phaseTurns: number): number {
  const wrapped = phaseTurns - Math.floor(phaseTurns + 0.5);
  const folded = wrapped > 0.25 ? 0.5 - wrapped : wrapped < -0.25 ? -0.5 - wrapped : wrapped;
  const x = folded * turnRadians;
  const s = x * x;
  const tail = 1 - (s / 110) * (1 - (s / 156) * (1 - s / 210));
  return x * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * tail))));
}

/** Cosine of an angle in turns, within 1e-11 of the true value. */
export function cosineOfTurns(phaseTurns: number): number {
  return sineOfTurns(phaseTurns + 0.25);
}

/**
 * Two to the power of `exponent`, relative error under 1e-12.
 *
 * @param exponent - in -100..100
 */
export function powerOfTwo(exponent: number): number {
  const whole = Math.floor(exponent + 0.5);
  const x = (exponent - whole) * ln2;
  let term = 1;
  let sum = 1;
  for (let degree = 1; degree <= 12; degree += 1) {
    term *= x / degree;
    sum += term;
  }
  for (let step = 0; step < Math.abs(whole); step += 1) sum *= whole > 0 ? 2 : 0.5;
  return sum;
}

/**
 * Natural logarithm, absolute error under 1e-14 for values near one.
 *
 * @param value - in 1e-30..1e30
 */
export function naturalLogarithm(value: number): number {
  let mantissa = value;
  let exponent = 0;
  for (; mantissa >= sqrt2; exponent += 1) mantissa *= 0.5;
  for (; mantissa < sqrt2 / 2; exponent -= 1) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let power = s;
  let sum = 0;
  for (let divisor = 1; divisor <= 21; divisor += 2) {
    sum += power / divisor;
    power *= square;
  }
  return 2 * sum + exponent * ln2;
}
