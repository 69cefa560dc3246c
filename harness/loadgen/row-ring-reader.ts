import { queryDetailsRowByteCount } from '#harness/judge/raw/query-details.ts';
import { queryRowByteCount } from '#harness/judge/raw/query-row.ts';

import { ringState, ringWord, type RowRing } from './row-ring.ts';

/** Rows in the ring that lie beside each other, as bytes; valid until they are released. */
export interface RowSpan {
  readonly rowCount: number;
  readonly rows: Uint8Array;
  /** Undefined when the ring has no details. */
  readonly details: Uint8Array | undefined;
}

/** The taking side of a ring; for one thread only. */
export interface RowRingReader {
  readonly waitingCount: () => number;
  /** The oldest rows, up to the end of the memory and at most so many; undefined when there are none. */
  readonly next: (rowCountMax: number) => RowSpan | undefined;
  /** Frees the places of that many rows and wakes a load that waits for them. */
  readonly release: (rowCount: number) => void;
  /** Whether no more rows will be added. */
  readonly isClosing: () => boolean;
  /** Blocks the thread until somebody rings, at most for `durationMs`. */
  readonly rest: (durationMs: number) => void;
  /** Tells the adding thread that nothing is written any more. */
  readonly fail: (state: typeof ringState.failed | typeof ringState.diskFull) => void;
}

/** The taking side of this ring. */
export function rowRingReader(ring: RowRing): RowRingReader {
  const control = new Int32Array(ring.control);
  const rowBytes = new Uint8Array(ring.rows);
  const detailsBytes = ring.details === undefined ? undefined : new Uint8Array(ring.details);
  let taken = Atomics.load(control, ringWord.taken);
  let seenBell = Atomics.load(control, ringWord.bell);
  const waitingCount = (): number => (Atomics.load(control, ringWord.added) - taken) | 0;
  return {
    waitingCount,
    next: (rowCountMax) => {
      const first = taken & (ring.rowCapacity - 1);
      const rowCount = Math.min(waitingCount(), ring.rowCapacity - first, rowCountMax);
      if (rowCount === 0) return undefined;
      return {
        rowCount,
        rows: rowBytes.subarray(first * queryRowByteCount, (first + rowCount) * queryRowByteCount),
        details: detailsBytes?.subarray(
          first * queryDetailsRowByteCount,
          (first + rowCount) * queryDetailsRowByteCount,
        ),
      };
    },
    release: (rowCount) => {
      taken = (taken + rowCount) | 0;
      Atomics.store(control, ringWord.taken, taken);
      Atomics.notify(control, ringWord.taken);
    },
    isClosing: () => Atomics.load(control, ringWord.state) !== ringState.open,
    rest: (durationMs) => {
      Atomics.wait(control, ringWord.bell, seenBell, durationMs);
      seenBell = Atomics.load(control, ringWord.bell);
    },
    fail: (state) => {
      Atomics.store(control, ringWord.state, state);
      Atomics.notify(control, ringWord.taken);
    },
  };
}

/** Says that no more rows will be added; called after the last one, by any thread. */
export function closeRowRing(ring: RowRing): void {
  const control = new Int32Array(ring.control);
  Atomics.compareExchange(control, ringWord.state, ringState.open, ringState.closing);
  Atomics.add(control, ringWord.bell, 1);
  Atomics.notify(control, ringWord.bell);
}

/** Says that the taking thread is gone, so that a load does not wait for it; a reason that it told itself stays. */
export function breakRowRing(ring: RowRing): void {
  const control = new Int32Array(ring.control);
  Atomics.compareExchange(control, ringWord.state, ringState.open, ringState.failed);
  Atomics.compareExchange(control, ringWord.state, ringState.closing, ringState.failed);
  Atomics.notify(control, ringWord.taken);
}
