import type { QueryAnswer } from './query-target.ts';

/** Port to a device that works on several samples at once. */
export interface ConcurrentDevice {
  /** Calls that may be under way at once. */
  readonly inFlightCountMax: number;
  /** Samples that one call may carry. */
  readonly batchSizeMax: number;
  /** Answers the samples, in their order; timed from the call to the tick on which its promise resolves. */
  readonly infer: (
    sampleIndices: readonly number[],
    signal: AbortSignal,
  ) => Promise<readonly QueryAnswer[]>;
}
