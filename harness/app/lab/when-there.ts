import { hasCode } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';

/** A device that was unplugged, or that boots, is back within this. */
export const returnWithinMs = 20_000;
const lookAgainMs = 200;

/** Errors that say that the device is not there, yet or any more. */
export function isAbsent(error: unknown): boolean {
  return hasCode(
    error,
    'serial/path-absent',
    'serial/open-failed',
    'serial/unplugged',
    'usb/device-absent',
    'usb/unplugged',
    'network/unreachable',
  );
}

/**
 * Does this as soon as the device is there.
 *
 * @throws what `work` throws when it is there, or when it does not come back in time
 */
export async function whenThere(
  work: (signal: AbortSignal) => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const bounded = withDeadline(returnWithinMs, signal);
  for (;;) {
    try {
      await work(bounded);
      return;
    } catch (error) {
      if (!isAbsent(error) || bounded.aborted) throw error;
      await clock.sleep(lookAgainMs, bounded);
    }
  }
}
