/** Ticks of the device's clock per second: it is CLOCK_MONOTONIC in nanoseconds. */
export const ticksPerSecond = 1_000_000_000n;

/** The device's clock, 64 bits. The inferences are timed by the same one, in their own thread. */
export function ticksNow(): bigint {
  return process.hrtime.bigint();
}
