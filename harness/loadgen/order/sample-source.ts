/** Gives the samples of one pass over a loaded set, made when they are asked for. */
export interface SampleSource {
  /** Samples that go together: those of a query; in offline, where one query has them all, 1. */
  readonly unitLength: number;
  /**
   * Writes the next `unitLength` samples into `samples` from `at` on. No allocation.
   *
   * @returns false, with nothing written, when the order has no more
   */
  readonly take: (samples: Uint32Array, at: number) => boolean;
}
