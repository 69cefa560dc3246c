import { readCursor, ringHeaderByteCount, writeCursor } from './ring-cursors.ts';

/** Answers on their way back: one writer, one reader. An entry is six f64. */
export interface CompletionRing {
  readonly memory: SharedArrayBuffer;
  /** A power of two. */
  readonly capacity: number;
}

/** How one query ended on the device; each end reuses one object. */
export interface Completion {
  queryId: number;
  /** -1: it completed. 0 or more: it failed, and this is the slot of its error; `errorSlotNone` when none was left. */
  errorSlot: number;
  /** Run-clock instant. */
  atNs: number;
  /** NaN when the device has no timer. */
  deviceDurationNs: number;
  /** Run-clock instant; NaN when there was no token. */
  firstTokenAtNs: number;
  tokenCount: number;
}

const entryLength = 6;

/** Memory for that many answers. */
export function createCompletionRing(capacity: number): CompletionRing {
  const byteCount = ringHeaderByteCount + capacity * entryLength * 8;
  return { memory: new SharedArrayBuffer(byteCount), capacity };
}

/** An answer without details, to be reused. */
export function emptyCompletion(): Completion {
  return {
    queryId: 0,
    errorSlot: -1,
    atNs: 0,
    deviceDurationNs: Number.NaN,
    firstTokenAtNs: Number.NaN,
    tokenCount: 0,
  };
}

/** The writing end. */
export interface CompletionRingWriter {
  /** No allocation. @returns false when the ring is full, and nothing was written */
  readonly push: (completion: Readonly<Completion>) => boolean;
}

/** The reading end. */
export interface CompletionRingReader {
  /** Takes one answer into `completion`. No allocation. @returns false when there is none */
  readonly take: (completion: Completion) => boolean;
}

/** The end of the thread that owns the device. */
export function completionRingWriter({ memory, capacity }: CompletionRing): CompletionRingWriter {
  const values = new Float64Array(memory, ringHeaderByteCount);
  const cursor = writeCursor(memory, capacity);
  return {
    push: (completion) => {
      if (cursor.room() <= 0) return false;
      const at = cursor.slot(0) * entryLength;
      values[at] = completion.queryId;
      values[at + 1] = completion.errorSlot;
      values[at + 2] = completion.atNs;
      values[at + 3] = completion.deviceDurationNs;
      values[at + 4] = completion.firstTokenAtNs;
      values[at + 5] = completion.tokenCount;
      cursor.publish(1);
      return true;
    },
  };
}

/** The end of the thread that issues. */
export function completionRingReader({ memory, capacity }: CompletionRing): CompletionRingReader {
  const values = new Float64Array(memory, ringHeaderByteCount);
  const cursor = readCursor(memory, capacity);
  return {
    take: (completion) => {
      if (cursor.available() === 0) return false;
      const at = cursor.slot(0) * entryLength;
      completion.queryId = values[at] ?? 0;
      completion.errorSlot = values[at + 1] ?? 0;
      completion.atNs = values[at + 2] ?? 0;
      completion.deviceDurationNs = values[at + 3] ?? 0;
      completion.firstTokenAtNs = values[at + 4] ?? 0;
      completion.tokenCount = values[at + 5] ?? 0;
      cursor.release(1);
      return true;
    },
  };
}
