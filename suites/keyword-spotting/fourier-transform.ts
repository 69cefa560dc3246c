import { cosineOfTurns, sineOfTurns } from '#suites/datasets/portable-math.ts';

/** A row of complex numbers, real and imaginary parts apart; both of one length. */
export interface ComplexRow {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Replaces a row of the length it was made for by its discrete Fourier transform, unscaled. */
export type FourierTransform = (row: ComplexRow) => void;

function bitReversal(length: number): Uint32Array {
  const reversed = new Uint32Array(length);
  for (let index = 1; index < length; index += 1) {
    reversed[index] = ((reversed[index >> 1] ?? 0) >> 1) | ((index & 1) * (length >> 1));
  }
  return reversed;
}

function permute(values: Float64Array, order: Uint32Array): void {
  for (const [index, other] of order.entries()) {
    if (other <= index) continue;
    const kept = values[index] ?? 0;
    values[index] = values[other] ?? 0;
    values[other] = kept;
  }
}

/**
 * The butterflies of one stage whose groups span `2 * half` elements. No index leaves the arrays: `?? 0` is for the type
 * checker, and costs less than a call in the hottest loop of the encoding.
 */
function runStage({ real, imaginary }: ComplexRow, twiddles: ComplexRow, half: number): void {
  const stride = real.length / (2 * half);
  for (let group = 0; group < real.length; group += 2 * half) {
    for (let k = 0; k < half; k += 1) {
      const low = group + k;
      const high = low + half;
      const c = twiddles.real[k * stride] ?? 0;
      const s = twiddles.imaginary[k * stride] ?? 0;
      const re = (real[high] ?? 0) * c - (imaginary[high] ?? 0) * s;
      const im = (real[high] ?? 0) * s + (imaginary[high] ?? 0) * c;
      const lowRe = real[low] ?? 0;
      const lowIm = imaginary[low] ?? 0;
      real[low] = lowRe + re;
      imaginary[low] = lowIm + im;
      real[high] = lowRe - re;
      imaginary[high] = lowIm - im;
    }
  }
}

/**
 * A transform of fixed length with its tables made once: decimation in time, radix 2, in place.
 *
 * @param length - a power of two, at least 2
 * @throws RangeError when `length` is not such a power
 */
export function fourierTransform(length: number): FourierTransform {
  if (length < 2 || (length & (length - 1)) !== 0)
    throw new RangeError(`${length} is not a power of two`);
  const order = bitReversal(length);
  const twiddles = {
    real: Float64Array.from({ length: length / 2 }, (_, k) => cosineOfTurns(k / length)),
    imaginary: Float64Array.from({ length: length / 2 }, (_, k) => -sineOfTurns(k / length)),
  };
  return (row) => {
    permute(row.real, order);
    permute(row.imaginary, order);
    for (let half = 1; half < length; half *= 2) runStage(row, twiddles, half);
  };
}
