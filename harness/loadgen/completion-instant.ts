import type { QueryAnswer } from './query-target.ts';

/**
 * When an answer was complete: as the driver stamped it where it did, never in the future; else now. The driver's own
 * parsing, which comes after its stamp, is no part of a query.
 *
 * @param nowNs - run clock, taken on the tick on which the answer came
 */
export function completionInstant(answer: QueryAnswer | undefined, nowNs: number): number {
  return Math.min(answer?.completedAtNs ?? nowNs, nowNs);
}
