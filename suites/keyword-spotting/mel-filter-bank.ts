import { naturalLogarithm, powerOfTwo } from '#suites/datasets/portable-math.ts';

/** The frequencies and resolution of a filter bank. */
export interface MelFilterBankShape {
  readonly filterCount: number;
  /** Where the first filter begins and the last one ends. */
  readonly bandHz: readonly [lowerHz: number, upperHz: number];
  /** Distance between two spectrum bins. */
  readonly binHz: number;
}

/** A triangle over a run of spectrum bins. */
export interface MelFilter {
  readonly firstBin: number;
  /** Weights of the bins from `firstBin` on, 0..1. */
  readonly weights: Float64Array;
}

/** The mel scale of the HTK book: mel = 1127 ln(1 + f / 700 Hz). */
function melOf(frequencyHz: number): number {
  return 1127 * naturalLogarithm(1 + frequencyHz / 700);
}

function frequencyHzOf(mel: number): number {
  return 700 * (powerOfTwo((mel / 1127) * Math.LOG2E) - 1);
}

function triangle(cornersMel: readonly [number, number, number], binHz: number): MelFilter {
  const [lowerMel, centreMel, upperMel] = cornersMel;
  const firstBin = Math.max(1, Math.floor(frequencyHzOf(lowerMel) / binHz) + 1);
  const lastBin = Math.floor(frequencyHzOf(upperMel) / binHz);
  const weights = new Float64Array(Math.max(0, lastBin - firstBin + 1));
  for (let offset = 0; offset < weights.length; offset += 1) {
    const mel = melOf((firstBin + offset) * binHz);
    const rising = (mel - lowerMel) / (centreMel - lowerMel);
    const falling = (upperMel - mel) / (upperMel - centreMel);
    weights[offset] = Math.max(0, Math.min(rising, falling));
  }
  return { firstBin, weights };
}

/** Triangles whose corners lie evenly on the mel scale, each reaching from its lower neighbour's centre to its upper's. */
export function melFilterBank(shape: MelFilterBankShape): readonly MelFilter[] {
  const lowerMel = melOf(shape.bandHz[0]);
  const stepMel = (melOf(shape.bandHz[1]) - lowerMel) / (shape.filterCount + 1);
  const cornerMel = (corner: number): number => lowerMel + corner * stepMel;
  return Array.from({ length: shape.filterCount }, (_, filter) =>
    triangle([cornerMel(filter), cornerMel(filter + 1), cornerMel(filter + 2)], shape.binHz),
  );
}
