const bucketNs = 1000;
const bucketCount = 4096;

/** Durations counted in steps of a microsecond up to 4 ms; the longest is kept exactly. */
export interface DurationCounts {
  /** Counts one. No allocation. */
  readonly add: (durationNs: number) => void;
  readonly count: () => number;
  /**
   * Upper edge of the step that holds the share; the longest of all beyond 4 ms; 0 when nothing was counted.
   *
   * @param share - in 0..1
   */
  readonly quantileNs: (share: number) => number;
  readonly maxNs: () => number;
}

/** Counts of nothing yet; 16 KiB whatever is added. */
export function durationCounts(): DurationCounts {
  const counts = new Uint32Array(bucketCount);
  let total = 0;
  let longestNs = 0;
  return {
    add: (durationNs) => {
      const bucket = Math.min(bucketCount - 1, Math.max(0, Math.floor(durationNs / bucketNs)));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      total += 1;
      if (durationNs > longestNs) longestNs = durationNs;
    },
    count: () => total,
    quantileNs: (share) => {
      const rank = Math.min(total, Math.floor(total * share) + 1);
      let seen = 0;
      for (let bucket = 0; bucket < bucketCount - 1; bucket += 1) {
        seen += counts[bucket] ?? 0;
        if (rank > 0 && seen >= rank) return Math.min(longestNs, (bucket + 1) * bucketNs);
      }
      return longestNs;
    },
    maxNs: () => longestNs,
  };
}
