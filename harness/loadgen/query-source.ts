/** Gives the queries of a load one after the other; made lazily, so that any number may follow. */
export interface QuerySource {
  /** Samples of every query; offline counts each sample as a query of one. */
  readonly samplesPerQuery: number;
  /**
   * Writes the samples of the next query into `samples` from `at` on. No allocation.
   *
   * @returns its scheduled instant in nanoseconds since the load's start (0 in streams and offline); -1 when the order
   *   has no more queries, which only the accuracy mode and `unique` know
   */
  readonly next: (samples: Uint32Array, at: number) => number;
}
