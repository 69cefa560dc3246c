import type { InferenceAnswer } from '#harness/contracts/dut.ts';

/** What a target gives back for one query. */
export interface QueryAnswer {
  /** The model's output; the caller's own. */
  readonly output: Float32Array;
  /** Duration by the device's own timer in nanoseconds, where it has one. */
  readonly deviceDurationNs?: number;
  /** Run-clock instant at which the answer was there, where the driver stamps it before it is parsed. */
  readonly completedAtNs?: number;
  /** Token by token answers: their tokens, and the run-clock instant of the first. */
  readonly tokens?: NonNullable<InferenceAnswer['tokens']>;
}

/**
 * Port to whatever answers queries. One call at a time; every call ends by the signal's abort at the latest. The
 * same signal is given to every call of a load, so a listener must be removed when its call ends.
 */
export interface QueryTarget {
  /** Puts the sample where `issue` finds it; not timed. */
  readonly stage: (sampleIndex: number, signal: AbortSignal) => Promise<void>;
  /** Answers the staged sample; timed from the call to the tick on which its promise resolves. */
  readonly issue: (sampleIndex: number, signal: AbortSignal) => Promise<QueryAnswer>;
}
