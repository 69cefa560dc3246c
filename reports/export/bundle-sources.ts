import { fstatSync, openSync, closeSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteSource } from '#harness/judge/raw/query-log-file.ts';
import { decodeRawEvidence, type RawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { hasErrno } from '../evidence/evidence-write-error.ts';

/** Raw files of a bundle that stay open as long as they are read. */
export interface OpenRawEvidence extends Disposable {
  readonly raw: RawEvidence;
}

function fileSource(descriptor: number, path: string): ByteSource {
  let buffer = new Uint8Array(0);
  return {
    byteCount: fstatSync(descriptor).size,
    read: (offset, byteCount) => {
      if (buffer.length < byteCount) buffer = new Uint8Array(byteCount);
      const readCount = readSync(descriptor, buffer, 0, byteCount, offset);
      if (readCount !== byteCount)
        throw labError('evidence/unreadable', `${path} ends before byte ${offset + byteCount}.`);
      return buffer.subarray(0, byteCount);
    },
  };
}

/**
 * Opens the raw files of a bundle: query logs are read in pieces from the disk, however long they are.
 *
 * @throws LabError evidence/unreadable
 */
export function openRawEvidence(dir: string): OpenRawEvidence {
  const descriptors: number[] = [];
  const close = (): void => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  const present = <T>(path: string, read: (absolute: string) => T): T | undefined => {
    try {
      return read(join(dir, path));
    } catch (cause) {
      if (hasErrno(cause, 'ENOENT')) return undefined;
      throw labError('evidence/unreadable', `${path} in ${dir} cannot be read.`, { cause });
    }
  };
  const contentOf = (path: string): Uint8Array | undefined =>
    present(path, (absolute) => readFileSync(absolute));
  const sourceOf = (path: string): ByteSource | undefined =>
    present(path, (absolute) => {
      const descriptor = openSync(absolute, 'r');
      descriptors.push(descriptor);
      return fileSource(descriptor, path);
    });
  try {
    return { raw: decodeRawEvidence(contentOf, sourceOf), [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}
