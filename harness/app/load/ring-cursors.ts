import { assert } from '#harness/kernel/assert.ts';

/** Words of the cursors: each on a cache line of its own, so that the two threads do not slow each other down. */
const headAt = 0;
const tailAt = 16;
const cursorWordCount = 32;

/** Bytes before the entries of a ring. */
export const ringHeaderByteCount = cursorWordCount * 4;

/** The writing side of a ring of one writer and one reader. Counts wrap at 2^32; the capacity is a power of two. */
export interface WriteCursor {
  /** How many entries can be written now. */
  readonly room: () => number;
  /** Where the entry goes that is written as number `offset` from now, offset < room. */
  readonly slot: (offset: number) => number;
  /** Shows that many written entries to the reader. */
  readonly publish: (entryCount: number) => void;
}

/** The reading side. */
export interface ReadCursor {
  /** How many entries can be read now. */
  readonly available: () => number;
  readonly slot: (offset: number) => number;
  /** Gives the room of that many entries back to the writer. */
  readonly release: (entryCount: number) => void;
}

function wordsOf(memory: SharedArrayBuffer, capacity: number): Int32Array {
  assert(capacity > 0 && capacity <= 2 ** 30 && (capacity & (capacity - 1)) === 0, 'power of two');
  return new Int32Array(memory, 0, cursorWordCount);
}

/** The writer's cursor; one thread only. It asks the reader's side again only when the ring looks full. No allocation. */
export function writeCursor(memory: SharedArrayBuffer, capacity: number): WriteCursor {
  const words = wordsOf(memory, capacity);
  const mask = capacity - 1;
  let head = Atomics.load(words, headAt);
  let seenTail = Atomics.load(words, tailAt);
  return {
    room: () => {
      const left = capacity - ((head - seenTail) | 0);
      if (left > 0) return left;
      seenTail = Atomics.load(words, tailAt);
      return capacity - ((head - seenTail) | 0);
    },
    slot: (offset) => (head + offset) & mask,
    publish: (entryCount) => {
      head = (head + entryCount) | 0;
      Atomics.store(words, headAt, head);
    },
  };
}

/** The reader's cursor; one thread only. No allocation. */
export function readCursor(memory: SharedArrayBuffer, capacity: number): ReadCursor {
  const words = wordsOf(memory, capacity);
  const mask = capacity - 1;
  let tail = Atomics.load(words, tailAt);
  let seenHead = Atomics.load(words, headAt);
  return {
    available: () => {
      if (seenHead === tail) seenHead = Atomics.load(words, headAt);
      return (seenHead - tail) | 0;
    },
    slot: (offset) => (tail + offset) & mask,
    release: (entryCount) => {
      tail = (tail + entryCount) | 0;
      Atomics.store(words, tailAt, tail);
    },
  };
}
