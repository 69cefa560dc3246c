import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

import { hasErrno } from '#reports/evidence/evidence-write-error.ts';

/** A file that only grows. */
export interface RowLogFile {
  /**
   * Appends all of the bytes, however many writes that takes. Blocks.
   *
   * @throws the error of the operating system; what was written before it stays
   */
  readonly append: (bytes: Uint8Array) => void;
  /** On the disk, also through a power cut. Blocks. */
  readonly sync: () => void;
  readonly close: () => void;
}

/** How often in a row a write may say that nothing was written, without an error. */
const emptyWriteCountMax = 1000;

/** Writes some of the bytes; 0 when it was interrupted. */
function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes, 0, bytes.byteLength);
  } catch (error) {
    if (hasErrno(error, 'EINTR', 'EAGAIN')) return 0;
    throw error;
  }
}

/** Makes an empty file; one that is there is emptied. @param magic - what it begins with */
export function createRowLogFile(path: string, magic: string): RowLogFile {
  const fd = openSync(path, 'w');
  const append = (bytes: Uint8Array): void => {
    let rest = bytes;
    let emptyWriteCount = 0;
    while (rest.byteLength > 0) {
      const byteCount = writeSome(fd, rest);
      emptyWriteCount = byteCount === 0 ? emptyWriteCount + 1 : 0;
      if (emptyWriteCount > emptyWriteCountMax) throw new Error(`${path} takes no more bytes`);
      rest = rest.subarray(byteCount);
    }
  };
  try {
    append(Buffer.from(magic, 'latin1'));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { append, sync: () => fsyncSync(fd), close: () => closeSync(fd) };
}
