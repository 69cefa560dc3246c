import type { Clock } from '#harness/kernel/clock.ts';

/** Lets one host in at a time. */
export interface HostGate {
  /**
   * Takes the place when it is free, or becomes free in a moment: a host that has just hung up may still be on its way out.
   *
   * @returns the function that frees it, or undefined when another host is served
   */
  readonly enter: (signal: AbortSignal) => Promise<(() => void) | undefined>;
}

const graceMs = 500;
const stepMs = 10;

/** A gate that is free. */
export function hostGate(clock: Clock): HostGate {
  let holder: symbol | undefined;
  return {
    enter: async (signal) => {
      for (let waitedMs = 0; ; waitedMs += stepMs) {
        if (holder === undefined) break;
        if (waitedMs >= graceMs) return undefined;
        await clock.sleep(stepMs, signal);
      }
      const mine = Symbol('host');
      holder = mine;
      return () => {
        if (holder === mine) holder = undefined;
      };
    },
  };
}
