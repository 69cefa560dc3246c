import { labError } from '#harness/contracts/error-catalogue.ts';
import { queryDetailsRowByteCount } from '#harness/judge/raw/query-details.ts';
import { queryRowWordCount, writeQueryRow, type QueryRow } from '#harness/judge/raw/query-row.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { ringState, ringWord, type RowRing } from './row-ring.ts';
import type { QueryDetails, RowWriter } from './row-writer.ts';

/** How the adding side of a ring fared. */
export interface RowRingStatistics {
  readonly rowCount: number;
  /** Time in which a full ring held up the load; above 0 the issue times after it are the disk's, not the schedule's. */
  readonly stallNs: number;
  readonly stallCount: number;
}

/** The adding side of a ring. */
export interface RowRingWriter extends RowWriter {
  readonly addRange: (row: QueryRow, rowCount: number) => void;
  readonly statistics: () => RowRingStatistics;
}

/** For how long a full ring may hold up a load. */
const stallMsMax = 30_000;
const stallStepMs = 100;
const wordsPerDetails = queryDetailsRowByteCount / 4;
const doublesPerDetails = queryDetailsRowByteCount / 8;

function giveUp(state: number, rowCount: number): LabError {
  const details = { rowCount };
  return state === ringState.diskFull
    ? labError('evidence/disk-full', 'The disk is full: the query log ends early.', { details })
    : labError('evidence/write-failed', 'The query log could not be written on.', { details });
}

/**
 * Writes details rows in place.
 *
 * @param slot - the place of the row
 */
type WriteDetails = (slot: number, details: QueryDetails | undefined) => void;

function detailsWriter(memory: SharedArrayBuffer | undefined): WriteDetails | undefined {
  if (memory === undefined) return undefined;
  const doubles = new Float64Array(memory);
  const words = new Uint32Array(memory);
  return (slot, details) => {
    doubles[slot * doublesPerDetails] = details?.deviceDurationNs ?? Number.NaN;
    doubles[slot * doublesPerDetails + 1] = details?.firstTokenNs ?? Number.NaN;
    words[slot * wordsPerDetails + 4] = details?.tokenCount ?? 0;
    words[slot * wordsPerDetails + 5] = 0;
  };
}

/** Where the adding side stands. */
interface AddingSide {
  /** Counts of rows, which wrap at 2^32. */
  added: number;
  seenTaken: number;
  rowCount: number;
  stallNs: number;
  stallCount: number;
}

/** The words through which the two threads see each other. */
interface RingControl {
  /** How many rows fit now, at least 1; blocks while none does. */
  readonly makeRoom: () => number;
  /** Shows so many rows, which lie in their places, to the other thread. */
  readonly publish: (count: number) => void;
}

function ringControl(ring: RowRing, side: AddingSide, clock: Pick<Clock, 'nowNs'>): RingControl {
  const control = new Int32Array(ring.control);
  const capacity = ring.rowCapacity;
  const quarterMask = capacity / 4 - 1;
  const wakeTaker = (): void => {
    Atomics.add(control, ringWord.bell, 1);
    Atomics.notify(control, ringWord.bell);
  };
  const isFull = (): boolean => ((side.added - side.seenTaken) | 0) >= capacity;
  const awaitRoom = (): void => {
    const beganNs = clock.nowNs();
    side.stallCount += 1;
    for (;;) {
      wakeTaker();
      Atomics.wait(control, ringWord.taken, side.seenTaken, stallStepMs);
      side.seenTaken = Atomics.load(control, ringWord.taken);
      const waitedNs = clock.nowNs() - beganNs;
      const state = Atomics.load(control, ringWord.state);
      const isFailed = state >= ringState.failed || (isFull() && waitedNs > stallMsMax * 1e6);
      if (!isFailed && isFull()) continue;
      side.stallNs += waitedNs;
      if (isFailed) throw giveUp(state, side.rowCount);
      return;
    }
  };
  return {
    makeRoom: () => {
      if (isFull()) side.seenTaken = Atomics.load(control, ringWord.taken);
      if (isFull()) awaitRoom();
      const state = Atomics.load(control, ringWord.state);
      if (state >= ringState.failed) throw giveUp(state, side.rowCount);
      return capacity - ((side.added - side.seenTaken) | 0);
    },
    publish: (count) => {
      const crosses = (side.added & quarterMask) + count > quarterMask;
      side.added = (side.added + count) | 0;
      side.rowCount += count;
      Atomics.store(control, ringWord.added, side.added);
      // A quarter of the ring is full: the other thread need not wait for its next turn.
      if (crosses) wakeTaker();
    },
  };
}

function addingSide(ring: RowRing): AddingSide {
  const control = new Int32Array(ring.control);
  return {
    added: Atomics.load(control, ringWord.added),
    seenTaken: Atomics.load(control, ringWord.taken),
    rowCount: 0,
    stallNs: 0,
    stallCount: 0,
  };
}

/**
 * The adding side; for one thread only. Each row is shown to the other thread at once, rows of a range together. A
 * full ring blocks the thread, at most 30 s, and counts for how long.
 */
export function rowRingWriter(ring: RowRing, clock: Pick<Clock, 'nowNs'>): RowRingWriter {
  const words = new Uint32Array(ring.rows);
  const writeDetails = detailsWriter(ring.details);
  const capacity = ring.rowCapacity;
  const slotMask = capacity - 1;
  const side = addingSide(ring);
  const { makeRoom, publish } = ringControl(ring, side, clock);
  return {
    rowCount: () => side.rowCount,
    statistics: () => {
      const { rowCount, stallNs, stallCount } = side;
      return { rowCount, stallNs, stallCount };
    },
    add: (row, details) => {
      makeRoom();
      const slot = side.added & slotMask;
      writeQueryRow(words, slot * queryRowWordCount, row);
      writeDetails?.(slot, details);
      publish(1);
    },
    addRange: (row, rangeCount) => {
      for (let left = rangeCount; left > 0;) {
        const first = side.added & slotMask;
        const count = Math.min(left, makeRoom(), capacity - first, capacity / 4);
        fillRows(words, { first, count }, row);
        if (writeDetails !== undefined)
          for (let slot = first; slot < first + count; slot += 1) writeDetails(slot, undefined);
        publish(count);
        left -= count;
      }
    },
  };
}

/** The same row at consecutive places. */
function fillRows(
  words: Uint32Array,
  places: { readonly first: number; readonly count: number },
  row: QueryRow,
): void {
  const from = places.first * queryRowWordCount;
  const end = from + places.count * queryRowWordCount;
  writeQueryRow(words, from, row);
  const [word0 = 0, word1 = 0, word2 = 0, word3 = 0] = [
    words[from],
    words[from + 1],
    words[from + 2],
    words[from + 3],
  ];
  for (let at = from + queryRowWordCount; at < end; at += queryRowWordCount) {
    words[at] = word0;
    words[at + 1] = word1;
    words[at + 2] = word2;
    words[at + 3] = word3;
  }
}
