import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { queryRowWordCount, rowStatus, writeQueryRow } from '#harness/judge/raw/query-row.ts';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openQueryLogFile } from './query-log-file.ts';

/** A file of rows whose latencies count them. */
function rowsFile(rowCount: number): Uint8Array {
  const words = new Uint32Array(2 + rowCount * queryRowWordCount);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(Buffer.from('ASSAYQ2\n'));
  for (let row = 0; row < rowCount; row += 1) {
    const fields = { scheduledAtNs: row * 7, issueDelayNs: 1, status: rowStatus.completed };
    writeQueryRow(words, 2 + row * queryRowWordCount, { ...fields, latencyNs: row });
  }
  return bytes;
}

describe('a query log on the disk', () => {
  it('of 70 000 rows is read in two blocks, as often as asked', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'queries.bin');
    await writeFile(path, rowsFile(70_000));
    using log = openQueryLogFile(path);
    expect(log.rowCount).toBe(70_000);
    for (let time = 0; time < 2; time += 1) {
      const counts: number[] = [];
      let [row, wrongCount] = [0, 0];
      log.scan((block) => {
        counts.push(block.rowCount);
        for (let at = 0; at < block.rowCount; at += 1, row += 1)
          if (block.latencyNs[at] !== row || block.scheduledAtNs[at] !== row * 7) wrongCount += 1;
      });
      expect(counts).toEqual([65_536, 4464]);
      expect(wrongCount).toBe(0);
    }
  });

  it.each([
    { what: 'ends inside a row', content: () => rowsFile(3).subarray(0, 50) },
    { what: 'has another mark', content: () => Buffer.from('ASSAYX2\n') },
    { what: 'is empty', content: () => new Uint8Array() },
  ])('that $what is evidence/unreadable', async ({ content }) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'queries.bin');
    await writeFile(path, content());
    expect(() => openQueryLogFile(path)).toThrow(
      expect.objectContaining({ code: 'evidence/unreadable' }),
    );
  });

  it('that is not there, or becomes shorter while it is read, is evidence/unreadable', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'queries.bin');
    const unreadable: unknown = expect.objectContaining({ code: 'evidence/unreadable' });
    expect(() => openQueryLogFile(path)).toThrow(unreadable);
    await writeFile(path, rowsFile(100));
    using log = openQueryLogFile(path);
    await writeFile(path, rowsFile(50));
    expect(() => log.scan(() => undefined)).toThrow(unreadable);
  });
});
