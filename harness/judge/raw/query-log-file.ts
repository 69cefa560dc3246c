/** Where the query log lies in a bundle. */
export const queryLogFile = 'raw/queries.bin';

/** The mark that a query log begins with; rows of `queryRowByteCount` follow. */
export const queryLogMagic = 'ASSAYQ2\n';

/** Rows in a block of a scan, at most. */
export const queryBlockRowCount = 65_536;

/** The bytes of a file of any size, which are read piece by piece. */
export interface ByteSource {
  readonly byteCount: number;
  /**
   * Exactly `byteCount` bytes from `offset` on; they may be overwritten by the next call. Blocks.
   *
   * @throws LabError evidence/unreadable when they are not there
   */
  readonly read: (offset: number, byteCount: number) => Uint8Array;
}

/** Bytes that are in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    byteCount: bytes.byteLength,
    read: (offset, byteCount) => bytes.subarray(offset, offset + byteCount),
  };
}
