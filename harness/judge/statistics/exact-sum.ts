/** A sum of whole numbers without any rounding, so that their order does not show in it. */
export interface ExactSum {
  /** Adds the first `count` values, whole numbers 0 <= v < 2^53; at most 2^26 of them at once. */
  readonly add: (values: Float64Array, count: number) => void;
  readonly total: () => bigint;
}

const half = 134_217_728;

/** A sum of 0. */
export function exactSum(): ExactSum {
  let total = 0n;
  return {
    add: (values, count) => {
      let [high, low] = [0, 0];
      for (let at = 0; at < count; at += 1) {
        const value = values[at] ?? 0;
        const upper = Math.floor(value / half);
        high += upper;
        low += value - upper * half;
      }
      total += BigInt(high) * BigInt(half) + BigInt(low);
    },
    total: () => total,
  };
}
