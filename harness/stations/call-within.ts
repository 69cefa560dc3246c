import type { Clock } from '#harness/kernel/clock.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

/** A bound on the lab's clock, and the error of passing it. */
export interface CallBound {
  readonly clock: Clock;
  readonly boundMs: number;
  readonly late: () => LabError;
}

/**
 * The result of `call`, or the error of the bound when it takes longer. The call's signal aborts then; a call that
 * ignores it is left behind.
 */
export async function callWithin<T>(
  bound: CallBound,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const expiry = new AbortController();
  const timer = new AbortController();
  const expire = async (): Promise<void> => {
    try {
      await bound.clock.sleep(bound.boundMs, timer.signal);
    } catch {
      // The call was quicker, and the timer was stopped.
      return;
    }
    expiry.abort(bound.late());
  };
  void expire();
  try {
    return await raceSignal(call(expiry.signal), expiry.signal);
  } finally {
    timer.abort();
  }
}
