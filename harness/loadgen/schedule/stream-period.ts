import type { LoadPlanSettings } from '../plan/load-plan-settings.ts';

/**
 * The time from one query of a stream's time line to the next, in whole nanoseconds: the expected latency, made from
 * the rate as the reference makes it, so it may be 1 ns less. Streams issue when they can; the line only sizes plans.
 */
export function streamPeriodNs({ qps }: LoadPlanSettings): number {
  return Math.max(1, Math.trunc((1 / qps) * 1e9));
}
