import { parentPort, workerData } from 'node:worker_threads';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { hasCode } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import { queryDetailsMagic } from '#harness/judge/raw/query-details.ts';
import { queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import { rowRingReader, type RowRingReader } from '#harness/loadgen/row-ring-reader.ts';
import { ringState, type RowRing } from '#harness/loadgen/row-ring.ts';
import { evidenceWriteError } from '#reports/evidence/evidence-write-error.ts';

import { repairQueryLog } from './query-log-repair.ts';
import { createRowLogFile, type RowLogFile } from './row-log-file.ts';
import type { RowLogNotice, RowLogStart } from './row-log-protocol.ts';

/** Rows are taken this often while they come: none is in memory only for longer than about that. */
const busyRestMs = 8;
/** And this often when none came for a while; each turn costs about 30 µs. */
const idleRestMs = 18;
const idleAfterTurnCount = 20;
/** Rows of one write, so that details and rows are never far apart. */
const spanRowCountMax = 65_536;

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
const tell = (notice: RowLogNotice): void => parent.postMessage(notice);

const StartFields = Type.Object({
  path: Type.String(),
  detailsPath: Type.Optional(Type.String()),
  ring: Type.Object({ rowCapacity: Type.Integer() }),
});

function sharedOf(ring: object, name: string): SharedArrayBuffer | undefined {
  const found: unknown = Reflect.get(ring, name);
  return found instanceof SharedArrayBuffer ? found : undefined;
}

/** What the thread was started with; checked, since it came as anything. */
function startOf(data: unknown): RowLogStart {
  assert(Value.Check(StartFields, data), 'the thread was started with a path and a ring');
  const [control, rows] = [sharedOf(data.ring, 'control'), sharedOf(data.ring, 'rows')];
  assert(control !== undefined && rows !== undefined, 'the ring is shared memory');
  const details = sharedOf(data.ring, 'details');
  assert((details === undefined) === (data.detailsPath === undefined), 'details have a file');
  const memory: RowRing = { rowCapacity: data.ring.rowCapacity, control, rows };
  return { ...data, ring: details === undefined ? memory : { ...memory, details } };
}

interface RowLogFiles {
  readonly rows: RowLogFile;
  readonly details: RowLogFile | undefined;
}

/** Writes what waits now. @returns how many rows that were */
function writeWaiting(ring: RowRingReader, files: RowLogFiles): number {
  let writtenCount = 0;
  for (;;) {
    const span = ring.next(spanRowCountMax);
    if (span === undefined) return writtenCount;
    if (span.details !== undefined) files.details?.append(span.details);
    files.rows.append(span.rows);
    ring.release(span.rowCount);
    writtenCount += span.rowCount;
  }
}

/** Writes until the ring is closed and empty. @param onWritten - hears of each turn's rows */
function writeRows(
  ring: RowRingReader,
  files: RowLogFiles,
  onWritten: (rowCount: number) => void,
): void {
  let idleTurnCount = 0;
  for (;;) {
    // Asked before the rows are taken: what was added before closing is then among them.
    const isLast = ring.isClosing();
    const rowCount = writeWaiting(ring, files);
    onWritten(rowCount);
    if (isLast) return;
    idleTurnCount = rowCount === 0 ? idleTurnCount + 1 : 0;
    ring.rest(idleTurnCount > idleAfterTurnCount ? idleRestMs : busyRestMs);
  }
}

/** Leaves whole rows only: a write that found the disk full may have ended anywhere. @returns how many */
function keptRowCount({ path, detailsPath }: RowLogStart, writtenCount: number): number {
  try {
    return repairQueryLog(path, detailsPath).rowCount;
  } catch {
    // The file was never made, or the disk is broken: the failure that led here is told, not this one.
    return writtenCount;
  }
}

function serve(start: RowLogStart): void {
  const ring = rowRingReader(start.ring);
  let rowCount = 0;
  const opened: RowLogFile[] = [];
  const create = (path: string, magic: string): RowLogFile => {
    const file = createRowLogFile(path, magic);
    opened.push(file);
    return file;
  };
  try {
    const { path, detailsPath } = start;
    const details = detailsPath === undefined ? undefined : create(detailsPath, queryDetailsMagic);
    const files = { rows: create(path, queryLogMagic), details };
    tell({ type: 'ready' });
    writeRows(ring, files, (count) => {
      rowCount += count;
    });
    for (const file of opened) file.sync();
    tell({ type: 'closed', rowCount });
  } catch (error) {
    const failure = evidenceWriteError(error, start.path);
    const isFull = hasCode(failure, 'evidence/disk-full');
    ring.fail(isFull ? ringState.diskFull : ringState.failed);
    const keptCount = keptRowCount(start, rowCount);
    tell({ type: 'failed', error: errorRecord(failure), rowCount: keptCount });
  } finally {
    for (const file of opened) file.close();
  }
}

serve(startOf(workerData));
