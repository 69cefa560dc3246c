import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import type { EvidenceFile } from '#harness/contracts/records/run-record.ts';

/** Size and SHA-256 of a file. */
export type FileHash = Omit<EvidenceFile, 'path'>;

const pieceByteCount = 1_048_576;

/** Size and SHA-256 of a file of any size, read piece by piece into one buffer. */
export async function hashFile(path: string): Promise<FileHash> {
  await using file = await open(path);
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceByteCount);
  let byteCount = 0;
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, pieceByteCount);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), byteCount };
    hash.update(piece.subarray(0, bytesRead));
    byteCount += bytesRead;
  }
}
