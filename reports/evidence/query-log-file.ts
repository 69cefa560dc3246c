import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { queryDetailsFile } from '#harness/judge/raw/query-details.ts';
import { queryLogFile, type ByteSource } from '#harness/judge/raw/query-log-file.ts';
import { queryLogFrom } from '#harness/judge/raw/query-log.ts';
import { unreadable } from '#harness/judge/raw/unreadable.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

/** A query log on the disk; close it when no scan follows. */
export interface OpenQueryLog extends QueryLog, Disposable {}

/** A file that is read piece by piece into one buffer, as large as the largest piece. */
interface OpenFile extends ByteSource {
  readonly close: () => void;
}

function readPiece(fd: number, into: Uint8Array, offset: number): number {
  let readCount = 0;
  while (readCount < into.byteLength) {
    const byteCount = readSync(
      fd,
      into,
      readCount,
      into.byteLength - readCount,
      offset + readCount,
    );
    if (byteCount === 0) return readCount;
    readCount += byteCount;
  }
  return readCount;
}

function openFile(path: string, file: string): OpenFile {
  const fd = openSync(path, 'r');
  let buffer = new Uint8Array(0);
  const read = (offset: number, byteCount: number): Uint8Array => {
    if (buffer.byteLength < byteCount) buffer = new Uint8Array(byteCount);
    const piece = buffer.subarray(0, byteCount);
    const readCount = readPiece(fd, piece, offset);
    if (readCount < byteCount) throw unreadable(file, `ends at byte ${offset + readCount}`);
    return piece;
  };
  return { byteCount: fstatSync(fd).size, read, close: () => closeSync(fd) };
}

/**
 * Opens a query log of any size: it is read in blocks of 65 536 rows, again for each scan, and never held whole. A log
 * of rule set 1, which is small, is read at once.
 *
 * @param detailsPath - where the device's details are; absent when there are none
 * @param file - its path inside the bundle, for messages; default `raw/queries.bin`
 * @throws LabError evidence/unreadable; also from `scan`, for a wrong row
 */
export function openQueryLogFile(
  path: string,
  detailsPath?: string,
  file: string = queryLogFile,
): OpenQueryLog {
  const files: OpenFile[] = [];
  const close = (): void => {
    for (const { close: closeFile } of files.splice(0)) closeFile();
  };
  const open = (at: string, name: string): OpenFile => {
    const opened = openFile(at, name);
    files.push(opened);
    return opened;
  };
  try {
    const rows = open(path, file);
    const details =
      detailsPath === undefined ? {} : { details: open(detailsPath, queryDetailsFile) };
    const { rowCount, scan } = queryLogFrom({ ...rows, ...details, file });
    return { rowCount, scan, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error instanceof LabError ? error : unreadable(path, 'it cannot be read', error);
  }
}
