import type { TickCounter } from './clock-estimator.ts';

/** What was seen of a piece of work on the device. */
export interface TimedWork {
  /** The counter as it was sent, not unwrapped. */
  readonly startTicks: bigint;
  readonly endTicks: bigint;
  /** From the first try of the request to the reply, by the host. */
  readonly hostNs: number;
}

/** The worst oscillators are off by this. */
const oscillatorError = 0.02;
const slackNs = 50_000;
/** A counter that starts anew less often than this is still told apart when the work took longer. */
const clearPeriodNs = 1e9;

/**
 * How long the work took by the device's counter. It cannot have taken longer than the host waited; a counter that
 * shows more ran backwards or jumped.
 *
 * @returns nanoseconds; `impossible`; or `ambiguous` when the counter may have started anew in between, once or not
 */
export function deviceDurationNs(
  { ticksPerSecond, tickBits }: TickCounter,
  work: TimedWork,
): number | 'impossible' | 'ambiguous' {
  const nsPerTick = 1e9 / Number(ticksPerSecond);
  const period = 1n << BigInt(tickBits);
  const shownTicks = (((work.endTicks - work.startTicks) % period) + period) % period;
  const shownNs = Number(shownTicks) * nsPerTick;
  const periodNs = Number(period) * nsPerTick;
  const limitNs = work.hostNs * (1 + oscillatorError) + 2 * nsPerTick + slackNs;
  if (shownNs > limitNs) return 'impossible';
  if (shownNs + periodNs > limitNs) return shownNs;
  if (periodNs < clearPeriodNs) return 'ambiguous';
  const wrapCount = Math.floor((limitNs - shownNs) / periodNs);
  const durationNs = shownNs + wrapCount * periodNs;
  // The link takes far less than half of a period; where it seems not to, nothing is known.
  return limitNs - durationNs < periodNs / 2 ? durationNs : 'ambiguous';
}
