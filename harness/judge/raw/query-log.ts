import { checkMagic, magicByteCount, magicBytes } from './file-magic.ts';
import type { QueryBlock, QueryLog } from './query-blocks.ts';
import { openQueryDetails, type DetailsReader } from './query-details.ts';
import { decodeQueryColumns, queryLogMagic1, queryLogOfColumns } from './query-log-1.ts';
import {
  memorySource,
  queryBlockRowCount,
  queryLogFile,
  queryLogMagic,
  type ByteSource,
} from './query-log-file.ts';
import { queryRowByteCount, queryRowWordCount, rowStatus } from './query-row.ts';
import { unreadable } from './unreadable.ts';

/** A query log as bytes of any number, and the details beside it. */
export interface QueryLogSource extends ByteSource {
  readonly details?: ByteSource;
  /** Its path inside the bundle, for messages; default `raw/queries.bin`. */
  readonly file?: string;
}

const latencyNone = 1_099_511_627_775;

/** The columns of one scan, without details. */
type RowColumns = Pick<QueryBlock, 'scheduledAtNs' | 'issueDelayNs' | 'latencyNs' | 'status'>;

/** 32-bit words of rows; copied only when the bytes do not begin on a word. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } =
    bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** What is wrong with a row, or undefined. */
function rowProblem(status: number, latencyNs: number): string | undefined {
  if (status > rowStatus.unknown) return `has the unknown status ${status}`;
  return status === rowStatus.completed && latencyNs === latencyNone
    ? 'is completed without a latency'
    : undefined;
}

/** @returns the first row that is wrong, and why */
function decodeRows(
  words: Uint32Array,
  columns: RowColumns,
): { readonly row: number; readonly problem: string } | undefined {
  const { scheduledAtNs, issueDelayNs, latencyNs, status } = columns;
  const rowCount = words.length / queryRowWordCount;
  for (let row = 0; row < rowCount; row += 1) {
    const at = row * queryRowWordCount;
    const middle = words[at + 1] ?? 0;
    const high = words[at + 2] ?? 0;
    const state = high >>> 24;
    const latency = (high & 0xff_ffff) * 65_536 + (middle >>> 16);
    const problem = rowProblem(state, latency);
    if (problem !== undefined) return { row, problem };
    scheduledAtNs[row] = (middle & 0xffff) * 4_294_967_296 + (words[at] ?? 0);
    issueDelayNs[row] = words[at + 3] ?? 0;
    latencyNs[row] = latency === latencyNone ? Number.NaN : latency;
    status[row] = state;
  }
  return undefined;
}

function newColumns(rowCount: number): RowColumns {
  return {
    scheduledAtNs: new Float64Array(rowCount),
    issueDelayNs: new Float64Array(rowCount),
    latencyNs: new Float64Array(rowCount),
    status: new Uint8Array(rowCount),
  };
}

function detailsColumns(rowCount: number): Parameters<DetailsReader>[2] {
  return {
    deviceDurationNs: new Float64Array(rowCount),
    firstTokenNs: new Float64Array(rowCount),
    tokenCount: new Uint32Array(rowCount),
  };
}

function rowCountOf(source: QueryLogSource, file: string): number {
  const bodyByteCount = source.byteCount - magicByteCount;
  const rowCount = Math.floor(bodyByteCount / queryRowByteCount);
  if (bodyByteCount !== rowCount * queryRowByteCount)
    throw unreadable(file, `ends inside row ${rowCount}`);
  return rowCount;
}

/** A log of layout 2: rows are read, checked and turned into columns block by block, again for each scan. */
function blockLog(source: QueryLogSource, file: string): QueryLog {
  const rowCount = rowCountOf(source, file);
  const details =
    source.details === undefined ? undefined : openQueryDetails(source.details, rowCount);
  const scan: QueryLog['scan'] = (visit) => {
    const size = Math.min(rowCount, queryBlockRowCount);
    const columns = newColumns(size);
    const more = details === undefined ? undefined : detailsColumns(size);
    for (let first = 0; first < rowCount; first += queryBlockRowCount) {
      const count = Math.min(queryBlockRowCount, rowCount - first);
      const offset = magicByteCount + first * queryRowByteCount;
      const wrong = decodeRows(wordsOf(source.read(offset, count * queryRowByteCount)), columns);
      if (wrong !== undefined) throw unreadable(file, `row ${first + wrong.row} ${wrong.problem}`);
      if (details !== undefined && more !== undefined) details(first, count, more);
      visit({ rowCount: count, ...columns, ...more });
    }
  };
  return { rowCount, scan };
}

/**
 * The query log in these bytes, of this layout or of that of rule set 1. Rows are checked when they are scanned.
 *
 * @throws LabError evidence/unreadable for another file or a cut row; `scan` throws it naming the row that is wrong
 */
export function queryLogFrom(source: QueryLogSource): QueryLog {
  const { file = queryLogFile } = source;
  const head = source.read(0, Math.min(magicByteCount, source.byteCount)).slice();
  if (isSame(head, magicBytes(queryLogMagic1)))
    return queryLogOfColumns(decodeQueryColumns(source.read(0, source.byteCount)));
  checkMagic(head, queryLogMagic, file);
  return blockLog(source, file);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/**
 * The query log in these bytes, which are not copied.
 *
 * @param details - the bytes of `raw/query-details.bin`
 * @throws LabError evidence/unreadable, as `queryLogFrom`
 */
export function decodeQueryLog(bytes: Uint8Array, details?: Uint8Array): QueryLog {
  return queryLogFrom({
    ...memorySource(bytes),
    ...(details === undefined ? {} : { details: memorySource(details) }),
  });
}

/** The latencies of the completed queries in nanoseconds, in the order in which they ended; the caller's own. */
export function completedLatenciesNs(log: QueryLog): Float64Array<ArrayBuffer> {
  const latenciesNs = new Float64Array(log.rowCount);
  let count = 0;
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1) {
      if (block.status[row] !== rowStatus.completed) continue;
      latenciesNs[count] = block.latencyNs[row] ?? 0;
      count += 1;
    }
  });
  return latenciesNs.subarray(0, count);
}

/** The same, ascending. Holds them all: for small logs; use `latenciesAtRanks` for any. */
export function sortedLatenciesNs(log: QueryLog): Float64Array {
  return completedLatenciesNs(log).toSorted();
}

/** How many queries failed, or had no completion within their deadline. */
export function failedQueryCount(log: QueryLog): number {
  let count = 0;
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1) {
      const state = block.status[row];
      count += state === rowStatus.failed || state === rowStatus.lost ? 1 : 0;
    }
  });
  return count;
}
