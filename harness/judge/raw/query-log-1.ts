import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { checkMagic, magicByteCount, magicBytes } from './file-magic.ts';
import type { QueryBlock, QueryLog } from './query-blocks.ts';
import { queryBlockRowCount, queryLogFile } from './query-log-file.ts';
import { rowStatus } from './query-row.ts';
import { unreadable } from './unreadable.ts';

/** How a query ended, as stored in layout 1. */
export const queryStatus1 = { completed: 0, failed: 1, pastDeadline: 2 } as const;

/** The queries of a load of rule set 1 in the order issued: one entry per query in every column. */
export interface QueryColumns {
  readonly queryCount: number;
  /** Run-clock nanoseconds. */
  readonly issuedAtNs: Float64Array;
  /** From issue (single-stream) or from the start of the load (offline) to completion; NaN when none came. */
  readonly latencyNs: Float64Array;
  /** By the device's own timer; NaN when it has none. */
  readonly deviceDurationNs: Float64Array;
  readonly sampleIndex: Uint32Array;
  /** Values of `queryStatus1`. */
  readonly status: Uint32Array;
}

/** The mark of layout 1. */
export const queryLogMagic1 = 'ASSAYQ1\n';

const rowByteCount = 32;
const littleEndian = true;

function entry(column: ArrayLike<number>, row: number): number {
  return assertDefined(column[row], 'row inside the column');
}

/** The bytes of a query log in layout 1; for tests that old bundles are still read. */
export function encodeQueryColumns(log: QueryColumns): Uint8Array<ArrayBuffer> {
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
  bytes.set(magicBytes(queryLogMagic1));
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
  if (status > queryStatus1.pastDeadline) return `has the unknown status ${status}`;
  const isDuration = Number.isFinite(latencyNs) && latencyNs >= 0;
  if (isDuration)
    return status === queryStatus1.failed ? 'failed and yet has a latency' : undefined;
  if (!Number.isNaN(latencyNs)) return `has the latency ${latencyNs} ns`;
  return status === queryStatus1.completed ? 'is completed without a latency' : undefined;
}

function rowProblem(log: QueryColumns, row: number): string | undefined {
  const issuedAtNs = log.issuedAtNs[row] ?? Number.NaN;
  const deviceNs = log.deviceDurationNs[row] ?? Number.NaN;
  if (!Number.isFinite(issuedAtNs) || issuedAtNs < 0) return `was issued at ${issuedAtNs} ns`;
  if (deviceNs < 0 || deviceNs === Number.POSITIVE_INFINITY)
    return `has the device duration ${deviceNs} ns`;
  return latencyProblem(log.latencyNs[row] ?? Number.NaN, log.status[row] ?? 0);
}

/**
 * Reads a query log in layout 1.
 *
 * @throws LabError evidence/unreadable naming the row that is wrong; a cut row is an error too
 */
export function decodeQueryColumns(bytes: Uint8Array): QueryColumns {
  checkMagic(bytes, queryLogMagic1, queryLogFile);
  const bodyByteCount = bytes.byteLength - magicByteCount;
  const queryCount = Math.floor(bodyByteCount / rowByteCount);
  if (bodyByteCount !== queryCount * rowByteCount)
    throw unreadable(queryLogFile, `ends inside row ${queryCount}`);
  const log: QueryColumns = {
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

/** Which row of the block log a query of layout 1 becomes. */
function statusOf(status: number): number {
  if (status === queryStatus1.completed) return rowStatus.completed;
  return status === queryStatus1.failed ? rowStatus.failed : rowStatus.lost;
}

/** A query past its deadline is a lost one; where its answer came late, a `late` row follows. */
function expanded(log: QueryColumns): Omit<QueryBlock, 'rowCount'> & { readonly count: number } {
  const isLate = (row: number): boolean =>
    log.status[row] === queryStatus1.pastDeadline && !Number.isNaN(log.latencyNs[row] ?? 0);
  let lateCount = 0;
  for (let row = 0; row < log.queryCount; row += 1) lateCount += isLate(row) ? 1 : 0;
  const count = log.queryCount + lateCount;
  const float = (): Float64Array => new Float64Array(count);
  const [scheduledAtNs, latencyNs, deviceDurationNs] = [float(), float(), float()];
  const status = new Uint8Array(count);
  let at = 0;
  const put = (row: number, rowState: number, endedNs: number): void => {
    scheduledAtNs[at] = log.issuedAtNs[row] ?? 0;
    deviceDurationNs[at] = log.deviceDurationNs[row] ?? Number.NaN;
    latencyNs[at] = endedNs;
    status[at] = rowState;
    at += 1;
  };
  for (let row = 0; row < log.queryCount; row += 1) {
    const state = statusOf(log.status[row] ?? 0);
    const latency = log.latencyNs[row] ?? Number.NaN;
    put(row, state, state === rowStatus.completed ? latency : Number.NaN);
    if (isLate(row)) put(row, rowStatus.late, latency);
  }
  return { count, scheduledAtNs, issueDelayNs: float(), latencyNs, status, deviceDurationNs };
}

/** A query log of layout 1 as blocks. It is held whole: loads of rule set 1 were short. */
export function queryLogOfColumns(log: QueryColumns): QueryLog {
  const { count, deviceDurationNs, ...columns } = expanded(log);
  const hasDevice = deviceDurationNs?.some((durationNs) => !Number.isNaN(durationNs)) ?? false;
  return {
    rowCount: count,
    scan: (visit) => {
      for (let from = 0; from < count; from += queryBlockRowCount) {
        const to = Math.min(count, from + queryBlockRowCount);
        visit({
          rowCount: to - from,
          scheduledAtNs: columns.scheduledAtNs.subarray(from, to),
          issueDelayNs: columns.issueDelayNs.subarray(from, to),
          latencyNs: columns.latencyNs.subarray(from, to),
          status: columns.status.subarray(from, to),
          ...(hasDevice && deviceDurationNs !== undefined
            ? { deviceDurationNs: deviceDurationNs.subarray(from, to) }
            : {}),
        });
      }
    },
  };
}
