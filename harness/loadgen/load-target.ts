/** Queries that are handed over together: numbers `firstQueryId` to `firstQueryId + queryCount - 1`. */
export interface IssuedQueries {
  readonly firstQueryId: number;
  readonly queryCount: number;
  /** `queryCount * samplesPerQuery` sample indices; reused, so valid inside the call only. */
  readonly samples: Uint32Array;
}

/** What a device reports besides the completion itself; any part may be absent. */
export interface AnswerDetails {
  /** By the device's own timer. */
  readonly deviceDurationNs?: number;
  /** Run-clock instant of the first token. */
  readonly firstTokenAtNs?: number;
  readonly tokenCount?: number;
}

/**
 * Where a device's answers go; given to the target once, before the first query. May be called inside `issue`.
 * Anything may be said at any time: what does not fit is counted as late, duplicate or unknown.
 */
export interface CompletionSink {
  /** @param atNs - run-clock instant of the completion, stamped by the caller when it happened */
  readonly complete: (queryId: number, atNs: number, details?: AnswerDetails) => void;
  /** The same for consecutive queries that completed together. */
  readonly completeRange: (firstQueryId: number, queryCount: number, atNs: number) => void;
  /** The device refused the query. */
  readonly fail: (queryId: number, atNs: number, error: unknown) => void;
}

/** Port to whatever answers queries, as a load sees it. */
export interface LoadTarget {
  /** Called once before anything else. */
  readonly connect: (sink: CompletionSink) => void;
  /**
   * Puts the next query's samples where they can be issued; not timed, streams only. Absent: nothing to do.
   * A rejection ends the load.
   */
  readonly stage?: (samples: Uint32Array, signal: AbortSignal) => Promise<void>;
  /**
   * Hands queries over; returns at once.
   *
   * @returns how many of them were taken, from the first on; the others are offered again later
   */
  readonly issue: (queries: IssuedQueries) => number;
}
