/** No machine wakes more exactly than this. */
export const spinWindowNsMin = 20_000;
/** At more the thread would hardly sleep any more at 1000 queries per second; what is left is the machine's tail. */
export const spinWindowNsMax = 300_000;

const startNs = 150_000;
/** Share of the sleeps that should wake inside the window. */
const quantile = 0.95;
/** How far one late sleep widens the window: e^0.095, about a tenth. */
const gain = 0.1;
/** The longer a core idles the deeper it sleeps, so sleeps are told apart by their length: the upper bounds. */
const classBoundsNs: readonly number[] = [1e6, 10e6, Number.POSITIVE_INFINITY];

/** How long before an instant a sleep must end for the spin after it to meet the instant; learnt from past sleeps. */
export interface SpinWindow {
  /** @param leftNs - nanoseconds from now to the instant */
  readonly windowNs: (leftNs: number) => number;
  /**
   * Learns from a sleep that nothing interrupted. No allocation.
   *
   * @param leftNs - as `windowNs` was asked for it
   * @param oversleepNs - how much later than asked it ended
   */
  readonly note: (leftNs: number, oversleepNs: number) => void;
}

/**
 * The window after one more sleep: widened when the sleep outlasted it, narrowed a little when it did not, so that it
 * settles where 95 % of the sleeps wake inside. Pure.
 */
export function nextSpinWindowNs(windowNs: number, oversleepNs: number): number {
  const step = oversleepNs > windowNs ? quantile : quantile - 1;
  const next = windowNs * Math.exp(gain * step);
  return Math.min(spinWindowNsMax, Math.max(spinWindowNsMin, next));
}

/** A window for each class of sleep lengths, each starting at 150 µs. */
export function spinWindow(): SpinWindow {
  const windowsNs = new Float64Array(classBoundsNs.length).fill(startNs);
  const classOf = (leftNs: number): number => {
    let index = 0;
    while (leftNs > (classBoundsNs[index] ?? Number.POSITIVE_INFINITY)) index += 1;
    return index;
  };
  return {
    windowNs: (leftNs) => windowsNs[classOf(leftNs)] ?? startNs,
    note: (leftNs, oversleepNs) => {
      const index = classOf(leftNs);
      windowsNs[index] = nextSpinWindowNs(windowsNs[index] ?? startNs, oversleepNs);
    },
  };
}
