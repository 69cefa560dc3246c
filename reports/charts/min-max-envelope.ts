/** The values of one stretch of samples: none is lost from sight, a peak least of all. */
export interface EnvelopeBucket {
  /** Place of the stretch's middle, in samples from the first. */
  readonly place: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/**
 * Draws many samples as few: smallest, largest and mean value per stretch. Stretches without a value are left out.
 *
 * @param samples - value by place; NaN where there is none
 * @param bucketCount - most buckets, 1 or more
 */
export function minMaxEnvelope(samples: ArrayLike<number>, bucketCount: number): EnvelopeBucket[] {
  const buckets: EnvelopeBucket[] = [];
  const count = Math.min(bucketCount, samples.length);
  for (let bucket = 0; bucket < count; bucket += 1) {
    const from = Math.floor((bucket * samples.length) / count);
    const to = Math.floor(((bucket + 1) * samples.length) / count);
    const summary = summarise(samples, from, to);
    if (summary !== undefined) buckets.push({ place: (from + to - 1) / 2, ...summary });
  }
  return buckets;
}

function summarise(
  samples: ArrayLike<number>,
  from: number,
  to: number,
): Omit<EnvelopeBucket, 'place'> | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let count = 0;
  for (let place = from; place < to; place += 1) {
    const value = samples[place] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count += 1;
  }
  return count === 0 ? undefined : { min, max, mean: sum / count };
}
