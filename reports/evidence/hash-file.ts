import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import type { EvidenceFile } from '#harness/contracts/records/run-record.ts';

/** Size and SHA-256 of a file, read in pieces. */
export async function hashFile(path: string): Promise<Omit<EvidenceFile, 'path'>> {
  const hash = createHash('sha256');
  let byteCount = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      byteCount += chunk.length;
    }
  });
  return { sha256: hash.digest('hex'), byteCount };
}
