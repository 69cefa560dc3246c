/** Consecutive rows of a query log, one entry per row in every column; reused, so valid inside the visit only. */
export interface QueryBlock {
  readonly rowCount: number;
  /** Run-clock nanoseconds from which the latency counts. */
  readonly scheduledAtNs: Float64Array;
  readonly issueDelayNs: Float64Array;
  /** NaN when there is no completion. */
  readonly latencyNs: Float64Array;
  /** Values of `rowStatus`. */
  readonly status: Uint8Array;
  /** By the device's own timer; NaN when it has none. Absent when no query of the log has it. */
  readonly deviceDurationNs?: Float64Array;
  /** From `scheduledAtNs` to the first token; NaN when there was none. */
  readonly firstTokenNs?: Float64Array;
  /** Tokens of the answer; 0 when it told none. */
  readonly tokenCount?: Uint32Array;
}

/** A query log of any length: it is read in blocks, again for each question, and never held whole. */
export interface QueryLog {
  readonly rowCount: number;
  /** Every row, in the order in which queries ended. Blocks; about 0.1 s per 1e7 rows. @throws LabError evidence/unreadable */
  readonly scan: (visit: (block: QueryBlock) => void) => void;
}
