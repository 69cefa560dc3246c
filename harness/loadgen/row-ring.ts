import { queryDetailsRowByteCount } from '#harness/judge/raw/query-details.ts';
import { queryRowByteCount } from '#harness/judge/raw/query-row.ts';
import { assert } from '#harness/kernel/assert.ts';

/** Rows that are on their way to the disk, in shared memory; one thread adds, another takes. It crosses threads. */
export interface RowRing {
  /** A power of two. */
  readonly rowCapacity: number;
  /** Words of `ringWord`. */
  readonly control: SharedArrayBuffer;
  /** Rows as they lie in `raw/queries.bin`. */
  readonly rows: SharedArrayBuffer;
  /** Rows as they lie in `raw/query-details.bin`, at the same places; absent when the load has none. */
  readonly details?: SharedArrayBuffer;
}

/** Where each control word is: every one on a cache line of its own. Counts of rows wrap at 2^32. */
export const ringWord = {
  /** Rows added; by the adding thread. */
  added: 0,
  /** Rows taken, so that their places are free; by the taking thread. */
  taken: 16,
  /** A value of `ringState`. */
  state: 32,
  /** Changes to wake the taking thread. */
  bell: 48,
} as const;

/** What the two threads tell each other beside the rows. */
export const ringState = {
  open: 0,
  /** No more rows will be added. */
  closing: 1,
  /** The taking thread gave up; nothing more is written. */
  failed: 2,
  /** The same, because the disk is full. */
  diskFull: 3,
} as const;

const controlByteCount = 256;
/** 16 MiB of rows: two seconds of 500 000 queries/s that a disk may take to answer. */
const defaultRowCapacity = 1 << 20;

/** An empty ring: 16 bytes per row, 40 with details, whatever the load's length. */
export function makeRowRing(
  options: { readonly rowCapacity?: number; readonly hasDetails?: boolean } = {},
): RowRing {
  const { rowCapacity = defaultRowCapacity, hasDetails = false } = options;
  assert(
    Number.isInteger(Math.log2(rowCapacity)) && rowCapacity >= 4,
    'a power of two, at least 4',
  );
  return {
    rowCapacity,
    control: new SharedArrayBuffer(controlByteCount),
    rows: touchedMemory(rowCapacity * queryRowByteCount),
    ...(hasDetails ? { details: touchedMemory(rowCapacity * queryDetailsRowByteCount) } : {}),
  };
}

/** Shared memory that is there, so that no row waits for a page of it. */
function touchedMemory(byteCount: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(byteCount);
  new Uint8Array(memory).fill(0);
  return memory;
}
