import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { queryDetailsFile } from '#harness/judge/raw/query-details.ts';
import { queryLogMagic1 } from '#harness/judge/raw/query-log-1.ts';
import {
  memorySource,
  queryLogFile,
  queryLogMagic,
  type ByteSource,
} from '#harness/judge/raw/query-log-file.ts';
import { openQueryLogFile } from '#reports/evidence/query-log-file.ts';

/** What a file of latencies turned out to be; bytes and logs are read until it is disposed. */
export type LatenciesFile = Disposable &
  (
    | { readonly kind: 'json'; readonly value: unknown }
    | { readonly kind: 'int64'; readonly source: ByteSource }
    | { readonly kind: 'query-log'; readonly log: QueryLog }
  );

const headByteCount = 8;
const nothing = (): void => undefined;

function unreadable(path: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return labError('loadgen/latencies-invalid', `${path}: ${why}`, { cause });
}

function jsonFile(path: string): LatenciesFile {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return { kind: 'json', value, [Symbol.dispose]: nothing };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readAll(fd: number, offset: number, byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  let readCount = 0;
  while (readCount < byteCount) {
    const count = readSync(fd, bytes, readCount, byteCount - readCount, offset + readCount);
    if (count === 0) throw labError('loadgen/latencies-invalid', 'the file became shorter');
    readCount += count;
  }
  return bytes;
}

function detailsBeside(path: string): string | undefined {
  if (basename(path) !== basename(queryLogFile)) return undefined;
  const beside = join(dirname(path), basename(queryDetailsFile));
  return statSync(beside, { throwIfNoEntry: false })?.isFile() === true ? beside : undefined;
}

function openedLog(path: string): LatenciesFile {
  const log = openQueryLogFile(path, detailsBeside(path));
  return { kind: 'query-log', log, [Symbol.dispose]: () => log[Symbol.dispose]() };
}

function isControl(byte: number): boolean {
  return byte < 0x20 && ![0x09, 0x0a, 0x0d].includes(byte);
}

/** Whether JSON may begin with these bytes: no control characters, no byte outside of ASCII first. */
function isText(head: Uint8Array): boolean {
  return (head[0] ?? 0x20) < 0x80 && !head.some(isControl);
}

/** The first bytes, and whether they are those of int64 values: no latency is as long as 2^56 ns, so each has a byte 0. */
function headOf(fd: number): { readonly mark: string; readonly isInt64: boolean } {
  const head = readAll(fd, 0, Math.min(headByteCount, fstatSync(fd).size));
  return { mark: String.fromCharCode(...head), isInt64: !isText(head) };
}

/** Latencies from standard input, held whole: JSON, or int64 values. */
function standardInput(): LatenciesFile {
  try {
    const bytes = readFileSync(0);
    if (isText(bytes.subarray(0, headByteCount)))
      return { kind: 'json', value: JSON.parse(bytes.toString('utf8')), [Symbol.dispose]: nothing };
    return { kind: 'int64', source: memorySource(bytes), [Symbol.dispose]: nothing };
  } catch (error) {
    throw unreadable('standard input', error);
  }
}

/**
 * Opens a file of latencies: a query log of ours, JSON, or little-endian int64 values; which one, its first bytes say.
 *
 * @param path - `-` reads standard input, which is held whole
 * @throws LabError loadgen/latencies-invalid; evidence/unreadable for a query log
 */
export function openLatenciesFile(path: string): LatenciesFile {
  if (path === '-') return standardInput();
  using opening = new DisposableStack();
  let fd: number;
  let head: ReturnType<typeof headOf>;
  try {
    fd = openSync(path, 'r');
    opening.defer(() => closeSync(fd));
    head = headOf(fd);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (head.isInt64) {
    const held = opening.move();
    const read: ByteSource['read'] = (offset, count) => readAll(fd, offset, count);
    const source = { byteCount: fstatSync(fd).size, read };
    return { kind: 'int64', source, [Symbol.dispose]: () => held.dispose() };
  }
  const isLog = head.mark === queryLogMagic || head.mark === queryLogMagic1;
  return isLog ? openedLog(path) : jsonFile(path);
}
