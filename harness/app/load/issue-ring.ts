import type { IssuedQueries } from '#harness/loadgen/load-target.ts';

import { readCursor, ringHeaderByteCount, writeCursor } from './ring-cursors.ts';

/** Queries on their way to the device: one writer, one reader. An entry: u32 query number, then its samples as u32. */
export interface IssueRing {
  readonly memory: SharedArrayBuffer;
  /** A power of two. */
  readonly capacity: number;
  readonly samplesPerQuery: number;
}

/** Memory for that many queries. */
export function createIssueRing(capacity: number, samplesPerQuery: number): IssueRing {
  const byteCount = ringHeaderByteCount + capacity * (1 + samplesPerQuery) * 4;
  return { memory: new SharedArrayBuffer(byteCount), capacity, samplesPerQuery };
}

/** The writing end. */
export interface IssueRingWriter {
  /** Adds as many of the queries as there is room for, from the first on. No allocation. @returns how many */
  readonly push: (queries: IssuedQueries) => number;
}

/** The reading end. */
export interface IssueRingReader {
  /**
   * Takes one query. No allocation.
   *
   * @param samples - its samples are written here, from 0 on
   * @returns its number; -1 when there is none
   */
  readonly take: (samples: Uint32Array) => number;
}

/** The end of the thread that issues. */
export function issueRingWriter({ memory, capacity, samplesPerQuery }: IssueRing): IssueRingWriter {
  const words = new Uint32Array(memory, ringHeaderByteCount);
  const cursor = writeCursor(memory, capacity);
  const entryWordCount = 1 + samplesPerQuery;
  return {
    push: ({ firstQueryId, queryCount, samples }) => {
      const takenCount = Math.min(queryCount, cursor.room());
      for (let index = 0; index < takenCount; index += 1) {
        const at = cursor.slot(index) * entryWordCount;
        words[at] = firstQueryId + index;
        for (let sample = 0; sample < samplesPerQuery; sample += 1)
          words[at + 1 + sample] = samples[index * samplesPerQuery + sample] ?? 0;
      }
      if (takenCount > 0) cursor.publish(takenCount);
      return takenCount;
    },
  };
}

/** The end of the thread that owns the device. */
export function issueRingReader({ memory, capacity, samplesPerQuery }: IssueRing): IssueRingReader {
  const words = new Uint32Array(memory, ringHeaderByteCount);
  const cursor = readCursor(memory, capacity);
  const entryWordCount = 1 + samplesPerQuery;
  return {
    take: (samples) => {
      if (cursor.available() === 0) return -1;
      const at = cursor.slot(0) * entryWordCount;
      const queryId = words[at] ?? 0;
      for (let sample = 0; sample < samplesPerQuery; sample += 1)
        samples[sample] = words[at + 1 + sample] ?? 0;
      cursor.release(1);
      return queryId;
    },
  };
}
