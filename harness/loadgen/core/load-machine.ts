/** What a scenario does of its own; the rest is the same for all. */
export interface LoadMachine {
  /**
   * Issues what is due. Called while the load runs or drains, after expired queries were given up.
   *
   * @param isWoken - something was heard since the last call
   */
  readonly advance: (nowNs: number, isWoken: boolean) => void;
  /** When `advance` has something to do by time alone; Infinity when never. Deadlines of queries are not its concern. */
  readonly dueAtNs: () => number;
}

/** A poll returns after this, so that its thread gets a turn when a target answers at once. */
export const pollNsMax = 10e6;
/** The same for clocks that do not move while a target answers. */
export const pollQueryCountMax = 65_536;
