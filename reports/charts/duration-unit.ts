/** A unit for an axis of durations. */
export interface DurationUnit {
  readonly name: string;
  /** Nanoseconds in one. */
  readonly ns: number;
}

/** The unit in which a duration reads best. */
export function durationUnit(largestNs: number): DurationUnit {
  if (largestNs >= 1e9) return { name: 's', ns: 1e9 };
  if (largestNs >= 1e6) return { name: 'ms', ns: 1e6 };
  if (largestNs >= 1e3) return { name: 'µs', ns: 1e3 };
  return { name: 'ns', ns: 1 };
}
