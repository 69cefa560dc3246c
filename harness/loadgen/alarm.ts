import type { Clock } from '#harness/kernel/clock.ts';

/** No timer of the runtime is longer than 24 days; the alarm rings early then. */
const waitMsMax = 1e9;

/** Wakes a waiting pump at an instant. */
export interface Alarm extends Disposable {
  /**
   * Rings at `atNs` at the latest. One that is set for earlier stays, so it may ring too early: deadlines that move
   * on with each query cost no timer of their own.
   */
  readonly set: (atNs: number) => void;
}

/** An alarm that is not set. `ring` is called from a timer of the clock, never inside `set`. */
export function alarm(clock: Clock, ring: () => void): Alarm {
  let armedForNs = Number.POSITIVE_INFINITY;
  let armed: AbortController | undefined;
  const disarm = (): void => {
    armed?.abort();
    armed = undefined;
    armedForNs = Number.POSITIVE_INFINITY;
  };
  return {
    set: (atNs) => {
      if (atNs >= armedForNs) return;
      disarm();
      const current = new AbortController();
      armed = current;
      armedForNs = atNs;
      // Whole nanoseconds, rounded up: at the ring the instant has come.
      const waitNs = Math.max(1, Math.ceil(atNs - clock.nowNs()));
      const sleep = async (): Promise<void> => {
        await clock.sleep(Math.min(waitMsMax, waitNs / 1e6), current.signal);
        if (armed !== current) return;
        armed = undefined;
        armedForNs = Number.POSITIVE_INFINITY;
        ring();
      };
      // A rejection is a sleep that was cut short by a new setting.
      sleep().catch(() => undefined);
    },
    [Symbol.dispose]: disarm,
  };
}
