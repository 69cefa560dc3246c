import { assert } from '#harness/kernel/assert.ts';

/** Bytes of a row of `raw/queries.bin`, and 32-bit words of one in a buffer that is written without allocation. */
export const queryRowByteCount = 16;
export const queryRowWordCount = 4;

/**
 * What a row says. Every query that was issued has exactly one of the first three; the others are events beside them.
 * `late`: a completion after its query was given up as lost. `duplicate`: of a query that had completed or failed.
 * `unknown`: of a query that was never issued.
 */
export const rowStatus = {
  completed: 0,
  failed: 1,
  lost: 2,
  late: 3,
  duplicate: 4,
  unknown: 5,
} as const;

const wordSpan = 4_294_967_296;
const latencyNone = 1_099_511_627_775;
const scheduledAtNsMax = 281_474_976_710_655;
/** Latencies are kept up to this, 18 minutes; deadlines are shorter. */
export const latencyNsMax = latencyNone - 1;
/** Delays are kept up to this, 4.29 s, and state it when they were longer. */
export const issueDelayNsMax = wordSpan - 1;

/** One row, as numbers. */
export interface QueryRow {
  /** Run-clock nanoseconds from which the latency counts: schedule (server), load start (offline), issue (streams). */
  readonly scheduledAtNs: number;
  /** From `scheduledAtNs` to the issue; 0 in streams and offline. */
  readonly issueDelayNs: number;
  /** From `scheduledAtNs` to the completion; NaN when there is none. */
  readonly latencyNs: number;
  /** A value of `rowStatus`. */
  readonly status: number;
}

/**
 * Writes a row. Layout, little-endian: u48 scheduledAtNs, u40 latencyNs (all ones: none), u8 status, u32 issueDelayNs.
 * The words are in the byte order of the machine, which is little-endian wherever Node runs.
 *
 * No allocation, when the caller reuses its row.
 *
 * @param words - `queryRowWordCount` words from `at` on are written
 */
export function writeQueryRow(words: Uint32Array, at: number, row: QueryRow): void {
  const { scheduledAtNs, latencyNs, issueDelayNs, status } = row;
  assert(scheduledAtNs >= 0 && scheduledAtNs <= scheduledAtNsMax, 'an instant of the run clock');
  const kept = latencyNs >= 0 ? Math.min(latencyNs, latencyNsMax) : latencyNone;
  words[at] = scheduledAtNs >>> 0;
  words[at + 1] = (((scheduledAtNs / wordSpan) >>> 0) | ((kept & 0xffff) << 16)) >>> 0;
  words[at + 2] = (((kept / 65_536) >>> 0) | (status << 24)) >>> 0;
  words[at + 3] = Math.min(issueDelayNs, issueDelayNsMax);
}

/** The row whose words begin at `at`. */
export function readQueryRow(words: Uint32Array, at: number): QueryRow {
  const [low = 0, middle = 0, high = 0, delay = 0] = words.subarray(at, at + queryRowWordCount);
  const latency = (high & 0xffffff) * 65_536 + (middle >>> 16);
  return {
    scheduledAtNs: (middle & 0xffff) * wordSpan + low,
    latencyNs: latency === latencyNone ? Number.NaN : latency,
    issueDelayNs: delay,
    status: high >>> 24,
  };
}
