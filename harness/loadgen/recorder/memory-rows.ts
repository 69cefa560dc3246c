import type { QueryBlock, QueryLog } from '#harness/judge/raw/query-blocks.ts';
import {
  queryRowWordCount,
  readQueryRow,
  writeQueryRow,
  type QueryRow,
} from '#harness/judge/raw/query-row.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';

import type { QueryDetails, RowWriter } from '../row-writer.ts';

const chunkRowCount = 65_536;
const detailCount = 3;

/** Rows kept in memory: for tests, probes and benchmarks. */
export interface MemoryRows extends RowWriter {
  /** The rows so far; later ones are not in it. */
  readonly log: () => QueryLog;
  /** One row. */
  readonly row: (index: number) => QueryRow;
  readonly details: (index: number) => QueryDetails;
  /** Words of the rows as `raw/queries.bin` holds them, in pieces that together are all rows; not copied. */
  readonly words: () => readonly Uint32Array[];
}

/** 65 536 rows, and their details once there are any. */
interface Chunk {
  readonly words: Uint32Array;
  details: Float64Array | undefined;
}

function newChunk(): Chunk {
  // Filled, so that the first write of a row costs no page fault.
  return { words: new Uint32Array(chunkRowCount * queryRowWordCount).fill(1), details: undefined };
}

/** The chunks and how far they are filled. */
interface Store {
  readonly chunks: Chunk[];
  rowCount: number;
  hasDetails: boolean;
}

function detailsOf(chunk: Chunk | undefined, row: number): QueryDetails {
  const [deviceDurationNs = Number.NaN, firstTokenNs = Number.NaN, tokenCount = 0] =
    chunk?.details?.subarray(row * detailCount, (row + 1) * detailCount) ?? [];
  return { deviceDurationNs, firstTokenNs, tokenCount };
}

function setDetails(chunk: Chunk, row: number, details: QueryDetails): void {
  chunk.details ??= new Float64Array(chunkRowCount * detailCount).map((_zero, index) =>
    index % detailCount === 2 ? 0 : Number.NaN,
  );
  chunk.details[row * detailCount] = details.deviceDurationNs;
  chunk.details[row * detailCount + 1] = details.firstTokenNs;
  chunk.details[row * detailCount + 2] = details.tokenCount;
}

interface Columns {
  readonly scheduledAtNs: Float64Array;
  readonly issueDelayNs: Float64Array;
  readonly latencyNs: Float64Array;
  readonly status: Uint8Array;
  readonly deviceDurationNs: Float64Array;
  readonly firstTokenNs: Float64Array;
  readonly tokenCount: Uint32Array;
}

function newColumns(): Columns {
  return {
    scheduledAtNs: new Float64Array(chunkRowCount),
    issueDelayNs: new Float64Array(chunkRowCount),
    latencyNs: new Float64Array(chunkRowCount),
    status: new Uint8Array(chunkRowCount),
    deviceDurationNs: new Float64Array(chunkRowCount),
    firstTokenNs: new Float64Array(chunkRowCount),
    tokenCount: new Uint32Array(chunkRowCount),
  };
}

function fillColumns(columns: Columns, chunk: Chunk, rowCount: number): void {
  for (let row = 0; row < rowCount; row += 1) {
    const read = readQueryRow(chunk.words, row * queryRowWordCount);
    columns.scheduledAtNs[row] = read.scheduledAtNs;
    columns.issueDelayNs[row] = read.issueDelayNs;
    columns.latencyNs[row] = read.latencyNs;
    columns.status[row] = read.status;
    const { deviceDurationNs, firstTokenNs, tokenCount } = detailsOf(chunk, row);
    columns.deviceDurationNs[row] = deviceDurationNs;
    columns.firstTokenNs[row] = firstTokenNs;
    columns.tokenCount[row] = tokenCount;
  }
}

function scanStore(store: Store, rowCount: number, visit: (block: QueryBlock) => void): void {
  const columns = newColumns();
  for (const [index, chunk] of store.chunks.entries()) {
    const count = Math.min(chunkRowCount, rowCount - index * chunkRowCount);
    if (count <= 0) return;
    fillColumns(columns, chunk, count);
    const { scheduledAtNs, issueDelayNs, latencyNs, status, ...details } = columns;
    const always = { rowCount: count, scheduledAtNs, issueDelayNs, latencyNs, status };
    visit(store.hasDetails ? { ...always, ...details } : always);
  }
}

/** Copies the row at `from` to the `count - 1` rows behind it. */
function repeatRow(words: Uint32Array, from: number, count: number): void {
  const [a = 0, b = 0, c = 0, d = 0] = words.subarray(from, from + queryRowWordCount);
  const to = from + count * queryRowWordCount;
  for (let at = from + queryRowWordCount; at < to; at += queryRowWordCount) {
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
  }
}

/** The chunk of the next row. */
function openChunk(store: Store): Chunk {
  const index = Math.floor(store.rowCount / chunkRowCount);
  if (index === store.chunks.length) store.chunks.push(newChunk());
  return assertDefined(store.chunks[index], 'the chunk of the next row');
}

/**
 * A writer that keeps rows in memory, in chunks, so that growing moves none.
 *
 * @param rowCount - rows to make room for now; more come in chunks of 65 536
 */
export function memoryRows(rowCount = 0): MemoryRows {
  const chunkCount = Math.ceil(rowCount / chunkRowCount);
  const store: Store = {
    chunks: Array.from({ length: chunkCount }, newChunk),
    rowCount: 0,
    hasDetails: false,
  };
  const chunkOf = (index: number): Chunk => {
    assert(index >= 0 && index < store.rowCount, 'a row that was added');
    return assertDefined(store.chunks[Math.floor(index / chunkRowCount)], 'its chunk');
  };
  return {
    add: (row, details) => {
      const chunk = openChunk(store);
      const index = store.rowCount % chunkRowCount;
      writeQueryRow(chunk.words, index * queryRowWordCount, row);
      if (details !== undefined) {
        store.hasDetails = true;
        setDetails(chunk, index, details);
      }
      store.rowCount += 1;
    },
    addRange: (row, count) => {
      for (let left = count; left > 0;) {
        const chunk = openChunk(store);
        const index = store.rowCount % chunkRowCount;
        const taken = Math.min(left, chunkRowCount - index);
        writeQueryRow(chunk.words, index * queryRowWordCount, row);
        repeatRow(chunk.words, index * queryRowWordCount, taken);
        store.rowCount += taken;
        left -= taken;
      }
    },
    rowCount: () => store.rowCount,
    log: () => {
      const { rowCount: count } = store;
      return { rowCount: count, scan: (visit) => scanStore(store, count, visit) };
    },
    row: (index) => readQueryRow(chunkOf(index).words, (index % chunkRowCount) * queryRowWordCount),
    details: (index) => detailsOf(chunkOf(index), index % chunkRowCount),
    words: () =>
      store.chunks.map((chunk, index) => {
        const count = Math.min(chunkRowCount, Math.max(0, store.rowCount - index * chunkRowCount));
        return chunk.words.subarray(0, count * queryRowWordCount);
      }),
  };
}
