/** No machine wakes more exactly than this. */
export const spinWindowNsMin = 20_000;
/** Nothing is gained by more: what is left is the machine's tail. */
export const spinWindowNsMax = 300_000;

const startNs = 150_000;
/** Share of the sleeps that should wake inside the window. */
const quantile = 0.98;
/** How far one late sleep widens the window: by e^0.098, about a tenth. */
const gain = 0.1;

/**
 * The longer a core idles the deeper it sleeps, so sleeps are told apart by the time there is. Where most instants lie
 * within a millisecond, wider windows than 200 µs would take more than 15 % of a core.
 */
const classes: readonly { readonly upToNs: number; readonly windowNsMax: number }[] = [
  { upToNs: 1e6, windowNsMax: 200_000 },
  { upToNs: 10e6, windowNsMax: spinWindowNsMax },
  { upToNs: Number.POSITIVE_INFINITY, windowNsMax: spinWindowNsMax },
];

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
 * settles where 98 % of the sleeps wake inside. Pure.
 */
export function nextSpinWindowNs(windowNs: number, oversleepNs: number): number {
  const step = oversleepNs > windowNs ? quantile : quantile - 1;
  const next = windowNs * Math.exp(gain * step);
  return Math.min(spinWindowNsMax, Math.max(spinWindowNsMin, next));
}

/** A window for each class of sleep lengths, each starting at 150 µs. */
export function spinWindow(): SpinWindow {
  const windowsNs = new Float64Array(classes.length).fill(startNs);
  const classOf = (leftNs: number): number => {
    let index = 0;
    while (leftNs > (classes[index]?.upToNs ?? Number.POSITIVE_INFINITY)) index += 1;
    return index;
  };
  return {
    windowNs: (leftNs) => windowsNs[classOf(leftNs)] ?? startNs,
    note: (leftNs, oversleepNs) => {
      const index = classOf(leftNs);
      const nextNs = nextSpinWindowNs(windowsNs[index] ?? startNs, oversleepNs);
      windowsNs[index] = Math.min(nextNs, classes[index]?.windowNsMax ?? spinWindowNsMax);
    },
  };
}
