/** The port to time. Inside a run every instant is nanoseconds since the clock's start. */
export interface Clock {
  /** Monotonic nanoseconds since this clock was made: a plain number, exact for 104 days. */
  readonly nowNs: () => number;
  /** Milliseconds of UTC since 1970, for anchors and for people; it may be stepped at any moment. */
  readonly utcMs: () => number;
  /**
   * Waits, without blocking the thread.
   *
   * @throws the signal's reason when it aborts first
   */
  readonly sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
}
