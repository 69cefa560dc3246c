import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { checkMagic, magicByteCount, magicBytes } from './file-magic.ts';
import { unreadable } from './unreadable.ts';

/** Where the query log lies in a bundle. */
export const queryLogFile = 'raw/queries.bin';

/** How a query ended, as stored. */
export const queryStatus = { completed: 0, failed: 1, pastDeadline: 2 } as const;

/** The queries of the performance load in the order issued: one entry per query in every column. */
export interface QueryLog {
  readonly queryCount: number;
  /** Run-clock nanoseconds. */
  readonly issuedAtNs: Float64Array;
  /** From issue (single-stream) or from the start of the load (offline) to completion; NaN when none came. */
  readonly latencyNs: Float64Array;
  /** By the device's own timer; NaN when it has none. */
  readonly deviceDurationNs: Float64Array;
  readonly sampleIndex: Uint32Array;
  /** Values of `queryStatus`. */
  readonly status: Uint32Array;
}

const magic = 'ASSAYQ1\n';
const rowByteCount = 32;
const littleEndian = true;

function entry(column: ArrayLike<number>, row: number): number {
  return assertDefined(column[row], 'row inside the column');
}

/** The bytes of `raw/queries.bin`. Blocks for 50 ms per million queries. */
export function encodeQueryLog(log: QueryLog): Uint8Array<ArrayBuffer> {
  const columns = [
    log.issuedAtNs,
    log.latencyNs,
    log.deviceDurationNs,
    log.sampleIndex,
    log.status,
  ];
  assert(
    columns.every((column) => column.length === log.queryCount),
    'every column of a query log holds queryCount entries',
  );
  const bytes = new Uint8Array(magicByteCount + log.queryCount * rowByteCount);
  bytes.set(magicBytes(magic));
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < log.queryCount; row += 1) {
    const offset = magicByteCount + row * rowByteCount;
    view.setFloat64(offset, entry(log.issuedAtNs, row), littleEndian);
    view.setFloat64(offset + 8, entry(log.latencyNs, row), littleEndian);
    view.setFloat64(offset + 16, entry(log.deviceDurationNs, row), littleEndian);
    view.setUint32(offset + 24, entry(log.sampleIndex, row), littleEndian);
    view.setUint32(offset + 28, entry(log.status, row), littleEndian);
  }
  return bytes;
}

/** What is wrong with a row's latency, or undefined. */
function latencyProblem(latencyNs: number, status: number): string | undefined {
  if (status > queryStatus.pastDeadline) return `has the unknown status ${status}`;
  const isDuration = Number.isFinite(latencyNs) && latencyNs >= 0;
  if (isDuration) return status === queryStatus.failed ? 'failed and yet has a latency' : undefined;
  if (!Number.isNaN(latencyNs)) return `has the latency ${latencyNs} ns`;
  return status === queryStatus.completed ? 'is completed without a latency' : undefined;
}

function rowProblem(log: QueryLog, row: number): string | undefined {
  const issuedAtNs = log.issuedAtNs[row] ?? Number.NaN;
  const deviceNs = log.deviceDurationNs[row] ?? Number.NaN;
  if (!Number.isFinite(issuedAtNs) || issuedAtNs < 0) return `was issued at ${issuedAtNs} ns`;
  if (deviceNs < 0 || deviceNs === Number.POSITIVE_INFINITY)
    return `has the device duration ${deviceNs} ns`;
  return latencyProblem(log.latencyNs[row] ?? Number.NaN, log.status[row] ?? 0);
}

/**
 * Reads `raw/queries.bin`.
 *
 * @throws LabError evidence/unreadable naming the row that is wrong; a cut row is an error too
 */
export function decodeQueryLog(bytes: Uint8Array): QueryLog {
  checkMagic(bytes, magic, queryLogFile);
  const bodyByteCount = bytes.byteLength - magicByteCount;
  const queryCount = Math.floor(bodyByteCount / rowByteCount);
  if (bodyByteCount !== queryCount * rowByteCount)
    throw unreadable(queryLogFile, `ends inside row ${queryCount}`);
  const log: QueryLog = {
    queryCount,
    issuedAtNs: new Float64Array(queryCount),
    latencyNs: new Float64Array(queryCount),
    deviceDurationNs: new Float64Array(queryCount),
    sampleIndex: new Uint32Array(queryCount),
    status: new Uint32Array(queryCount),
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let row = 0; row < queryCount; row += 1) {
    const offset = magicByteCount + row * rowByteCount;
    log.issuedAtNs[row] = view.getFloat64(offset, littleEndian);
    log.latencyNs[row] = view.getFloat64(offset + 8, littleEndian);
    log.deviceDurationNs[row] = view.getFloat64(offset + 16, littleEndian);
    log.sampleIndex[row] = view.getUint32(offset + 24, littleEndian);
    log.status[row] = view.getUint32(offset + 28, littleEndian);
    const problem = rowProblem(log, row);
    if (problem !== undefined) throw unreadable(queryLogFile, `row ${row} ${problem}`);
  }
  return log;
}

/** The latencies of the completed queries in nanoseconds, ascending; the caller's own. */
export function sortedLatenciesNs(log: QueryLog): Float64Array {
  return log.latencyNs
    .filter((_latencyNs, row) => log.status[row] === queryStatus.completed)
    .toSorted();
}

/** How many queries did not complete in time. */
export function failedQueryCount(log: QueryLog): number {
  let count = 0;
  for (const status of log.status) count += status === queryStatus.completed ? 0 : 1;
  return count;
}
