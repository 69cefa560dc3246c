import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { repairQueryLog, wholeRowsOf } from './query-log-repair.ts';

const folder = await mkdtemp(join(tmpdir(), 'assay-repair-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const [path, detailsPath] = [join(folder, 'queries.bin'), join(folder, 'details.bin')];

describe('a query log whose writing was cut', () => {
  it.each([
    { rowBytes: 8 + 16 * 3, detailBytes: undefined, rowCount: 3, cutByteCount: 0 },
    { rowBytes: 8 + 16 * 3 + 15, detailBytes: undefined, rowCount: 3, cutByteCount: 15 },
    { rowBytes: 8 + 16 * 3, detailBytes: 8 + 24 * 2 + 1, rowCount: 2, cutByteCount: 16 + 1 },
    { rowBytes: 8 + 16 * 2 + 1, detailBytes: 8 + 24 * 5, rowCount: 2, cutByteCount: 1 + 72 },
    { rowBytes: 8, detailBytes: 8 + 24, rowCount: 0, cutByteCount: 24 },
    { rowBytes: 5, detailBytes: 0, rowCount: 0, cutByteCount: 5 },
  ])(
    'of $rowBytes bytes beside $detailBytes has $rowCount whole rows',
    async ({ rowBytes, detailBytes, rowCount, cutByteCount }) => {
      await writeFile(path, new Uint8Array(rowBytes));
      await rm(detailsPath, { force: true });
      if (detailBytes !== undefined) await writeFile(detailsPath, new Uint8Array(detailBytes));
      expect(wholeRowsOf(path, detailsPath)).toBe(rowCount);
      expect(repairQueryLog(path, detailsPath)).toEqual({ rowCount, cutByteCount });
      expect(repairQueryLog(path, detailsPath)).toEqual({ rowCount, cutByteCount: 0 });
      const left = (await readFile(path)).byteLength;
      expect(left).toBe(rowBytes < 8 ? 0 : 8 + 16 * rowCount);
    },
  );

  it('that is not there has none', () => {
    expect(wholeRowsOf(join(folder, 'no.bin'))).toBe(0);
  });
});
