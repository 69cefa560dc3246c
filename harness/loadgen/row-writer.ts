import type { QueryRow } from '#harness/judge/raw/query-row.ts';

/** Details of a row; a caller reuses its object. */
export interface QueryDetails {
  /** By the device's own timer; NaN when it has none. */
  readonly deviceDurationNs: number;
  /** From the scheduled instant; NaN when there was no token. */
  readonly firstTokenNs: number;
  readonly tokenCount: number;
}

/** Where a load leaves its rows: shared memory that another thread writes to the disk, or memory alone. */
export interface RowWriter {
  /**
   * Adds a row and, where the log has details, its details. No allocation: the caller reuses both objects. Waits,
   * blocking and bounded, when the buffer is full because the disk does not follow.
   *
   * @throws LabError evidence/write-failed when the other thread failed or did not make room in time
   */
  readonly add: (row: QueryRow, details?: QueryDetails) => void;
  /**
   * Adds the same row `rowCount` times, without details: offline, where many samples complete at one instant. As `add`,
   * which is called in a loop where this is absent.
   */
  readonly addRange?: (row: QueryRow, rowCount: number) => void;
  /** Rows added so far. */
  readonly rowCount: () => number;
}
