import type { QuerySource } from '../query-source.ts';

/** A source for tests: samples 0, 1, 2 … 99, 0 …, evenly scheduled. */
export function evenSource(
  options: {
    readonly betweenMs?: number;
    readonly samplesPerQuery?: number;
    readonly queryCountMax?: number;
  } = {},
): QuerySource {
  const { betweenMs = 0, samplesPerQuery = 1, queryCountMax = Number.POSITIVE_INFINITY } = options;
  let queryCount = 0;
  return {
    samplesPerQuery,
    next: (samples, at) => {
      if (queryCount >= queryCountMax) return -1;
      for (let index = 0; index < samplesPerQuery; index += 1)
        samples[at + index] = (queryCount * samplesPerQuery + index) % 100;
      queryCount += 1;
      return Math.round((queryCount - 1) * betweenMs * 1e6);
    },
  };
}
