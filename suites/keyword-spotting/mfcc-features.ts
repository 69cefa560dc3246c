import { cosineOfTurns, naturalLogarithm } from '#suites/datasets/portable-math.ts';

import { fourierTransform } from './fourier-transform.ts';
import { melFilterBank } from './mel-filter-bank.ts';
import type { MelFilter } from './mel-filter-bank.ts';

/** Frames per second of sound: windows of 40 ms every 20 ms that lie wholly inside it. */
export const mfccFrameCount = 49;

/** Cepstral coefficients kept per frame, from the zeroth (loudness) on. */
export const mfccCoefficientCount = 10;

/** One step of the int8 features in units of a cepstral coefficient (nepers; dimensionless). */
export const mfccScale = 0.4;

/** The int8 that stands for a coefficient of 0. A coefficient is (byte - mfccZeroPoint) * mfccScale. */
export const mfccZeroPoint = 27;

const pcmCount = 16_000;
const windowCount = 640;
const strideCount = 320;
const transformCount = 1024;
const filterCount = 40;
/** Added to every filter's output, so that digital silence has a logarithm; -60 dB under a full-scale bin of 1. */
const melFloor = 0.001;

const transform = fourierTransform(transformCount);
const filters = melFilterBank({ filterCount, bandHz: [20, 4000], binHz: 16_000 / transformCount });
const hannWindow = Float64Array.from(
  { length: windowCount },
  (_, n) => 0.5 - 0.5 * cosineOfTurns(n / windowCount),
);
const cosines = Array.from({ length: mfccCoefficientCount }, (_, k) =>
  Float64Array.from(
    { length: filterCount },
    (__, m) => Math.sqrt(2 / filterCount) * cosineOfTurns((k * (m + 0.5)) / (2 * filterCount)),
  ),
);

/** |X| of the windowed frame that begins at `start`, bins 0..512 (0..8 kHz in steps of 15.625 Hz). */
function magnitudes(pcm: Int16Array, start: number): Float64Array {
  const row = {
    real: new Float64Array(transformCount),
    imaginary: new Float64Array(transformCount),
  };
  for (let n = 0; n < windowCount; n += 1) {
    row.real[n] = ((pcm[start + n] ?? 0) / 32_768) * (hannWindow[n] ?? 0);
  }
  transform(row);
  return Float64Array.from({ length: transformCount / 2 + 1 }, (_, bin) => {
    const re = row.real[bin] ?? 0;
    const im = row.imaginary[bin] ?? 0;
    return Math.sqrt(re * re + im * im);
  });
}

function logEnergy(spectrum: Float64Array, filter: MelFilter): number {
  let sum = melFloor;
  for (const [offset, weight] of filter.weights.entries()) {
    sum += weight * (spectrum[filter.firstBin + offset] ?? 0);
  }
  return naturalLogarithm(sum);
}

function dotProduct(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (const [index, value] of left.entries()) sum += value * (right[index] ?? 0);
  return sum;
}

function quantised(coefficient: number): number {
  return Math.max(-128, Math.min(127, Math.round(coefficient / mfccScale) + mfccZeroPoint));
}

/**
 * Mel-frequency cepstral coefficients of one second of sound, the bytes that a board gets.
 *
 * The recipe: PCM / 32768; windows of 640 samples (40 ms) every 320 (20 ms), periodic Hann; padded with zeros to 1024
 * and transformed; magnitudes; 40 triangular filters, evenly spaced over 20 Hz..4 kHz on the mel scale of the HTK book;
 * ln(sum + 0.001); orthonormal DCT-II (the zeroth row not scaled down), rows 0..9; rounded to int8 by `mfccScale` and
 * `mfccZeroPoint`, clipped at -128 and 127. Made of portable arithmetic only: the same bytes on every platform.
 *
 * @param pcm - 16 000 samples at 16 kHz
 * @returns 490 bytes: 49 frames in order of time, each with 10 coefficients in order of rank
 * @throws RangeError when `pcm` has another length
 * @see Davis and Mermelstein, Comparison of Parametric Representations for Monosyllabic Word Recognition (1980)
 */
export function mfccFeatures(pcm: Int16Array): Int8Array {
  if (pcm.length !== pcmCount) throw new RangeError(`${pcm.length} samples are not one second`);
  const features = new Int8Array(mfccFrameCount * mfccCoefficientCount);
  for (let frame = 0; frame < mfccFrameCount; frame += 1) {
    const spectrum = magnitudes(pcm, frame * strideCount);
    const logs = Float64Array.from(filters, (filter) => logEnergy(spectrum, filter));
    for (const [rank, row] of cosines.entries()) {
      features[frame * mfccCoefficientCount + rank] = quantised(dotProduct(row, logs));
    }
  }
  return features;
}
