import type { QueryLog } from '#harness/judge/raw/query-log.ts';
import { assert } from '#harness/kernel/assert.ts';

/** What is kept of one query; the columns of `raw/queries.bin`. */
export interface QueryRow {
  readonly issuedAtNs: number;
  /** NaN when no completion came. */
  readonly latencyNs: number;
  /** NaN when the device has no timer of its own. */
  readonly deviceDurationNs: number;
  readonly sampleIndex: number;
  /** A value of `queryStatus`. */
  readonly status: number;
}

/** Rows of queries in shared memory, written without allocation. */
export interface LatencyRecorder {
  /** Makes room for one more row, growing when the columns are full: called before a query is issued. */
  readonly reserve: () => void;
  /** Adds a row; there must be room. */
  readonly record: (row: QueryRow) => void;
  readonly queryCount: () => number;
  /** The rows so far, without a copy: it can be posted to another thread, and later rows do not change it. */
  readonly log: () => QueryLog;
}

const initialRowCount = 65_536;
/** 2 GB of columns: ten minutes at 100 000 queries a second. */
const rowCountMax = 67_108_864;

interface Columns {
  readonly issuedAtNs: Float64Array;
  readonly latencyNs: Float64Array;
  readonly deviceDurationNs: Float64Array;
  readonly sampleIndex: Uint32Array;
  readonly status: Uint32Array;
}

/** Columns with every page touched, so that the first write of a row costs no page fault. */
function newColumns(rowCount: number): Columns {
  const float64 = (): Float64Array =>
    new Float64Array(new SharedArrayBuffer(8 * rowCount)).fill(Number.NaN);
  const uint32 = (): Uint32Array =>
    new Uint32Array(new SharedArrayBuffer(4 * rowCount)).fill(4_294_967_295);
  return {
    issuedAtNs: float64(),
    latencyNs: float64(),
    deviceDurationNs: float64(),
    sampleIndex: uint32(),
    status: uint32(),
  };
}

function grown(columns: Columns, rowCount: number): Columns {
  const next = newColumns(rowCount);
  next.issuedAtNs.set(columns.issuedAtNs);
  next.latencyNs.set(columns.latencyNs);
  next.deviceDurationNs.set(columns.deviceDurationNs);
  next.sampleIndex.set(columns.sampleIndex);
  next.status.set(columns.status);
  return next;
}

/**
 * A recorder for one load.
 *
 * @param rowCount - rows to have room for at once; it doubles when they are used up, up to 2^26
 */
export function latencyRecorder(rowCount: number = initialRowCount): LatencyRecorder {
  assert(rowCount >= 1 && rowCount <= rowCountMax, 'a recorder holds 1 to 2^26 rows');
  let capacity = rowCount;
  let columns = newColumns(capacity);
  let count = 0;
  return {
    reserve: () => {
      if (count < capacity) return;
      assert(capacity < rowCountMax, 'a load has at most 2^26 queries');
      capacity = Math.min(rowCountMax, capacity * 2);
      columns = grown(columns, capacity);
    },
    record: (row) => {
      assert(count < capacity, 'reserve() comes before record()');
      columns.issuedAtNs[count] = row.issuedAtNs;
      columns.latencyNs[count] = row.latencyNs;
      columns.deviceDurationNs[count] = row.deviceDurationNs;
      columns.sampleIndex[count] = row.sampleIndex;
      columns.status[count] = row.status;
      count += 1;
    },
    queryCount: () => count,
    log: () => ({
      queryCount: count,
      issuedAtNs: columns.issuedAtNs.subarray(0, count),
      latencyNs: columns.latencyNs.subarray(0, count),
      deviceDurationNs: columns.deviceDurationNs.subarray(0, count),
      sampleIndex: columns.sampleIndex.subarray(0, count),
      status: columns.status.subarray(0, count),
    }),
  };
}
