import { describe, expect, it } from 'vitest';

import type { QueryRow } from '#harness/judge/raw/query-row.ts';

import { memoryRows } from './memory-rows.ts';

function rowOf(index: number): QueryRow {
  return {
    scheduledAtNs: index * 1e9,
    issueDelayNs: index,
    latencyNs: index + 1,
    status: index % 3,
  };
}

describe('memoryRows', () => {
  it('keeps 150 000 rows over three chunks, whatever room was made', () => {
    for (const roomCount of [0, 1, 200_000]) {
      const rows = memoryRows(roomCount);
      for (let index = 0; index < 150_000; index += 1) rows.add(rowOf(index));
      expect(rows.rowCount()).toBe(150_000);
      for (const index of [0, 65_535, 65_536, 149_999])
        expect(rows.row(index)).toEqual(rowOf(index));
      const wordCounts = rows.words().map((words) => words.length);
      expect(wordCounts.reduce((sum, count) => sum + count, 0)).toBe(600_000);
    }
  });

  it('repeats a row over the edges of chunks', () => {
    const rows = memoryRows();
    rows.add(rowOf(1));
    rows.addRange?.(rowOf(2), 140_000);
    rows.addRange?.(rowOf(3), 0);
    rows.add(rowOf(4));
    expect(rows.rowCount()).toBe(140_002);
    for (const index of [1, 65_535, 65_536, 131_072, 140_000])
      expect(rows.row(index)).toEqual(rowOf(2));
    expect([rows.row(0), rows.row(140_001)]).toEqual([rowOf(1), rowOf(4)]);
    expect(() => rows.row(140_002)).toThrow('a row that was added');
  });

  it('gives a log in blocks, which later rows do not change', () => {
    const rows = memoryRows();
    for (let index = 0; index < 70_000; index += 1) rows.add(rowOf(index));
    const log = rows.log();
    rows.add(rowOf(70_000));
    const blocks: { rowCount: number; lastNs: number | undefined; hasDetails: boolean }[] = [];
    log.scan((block) =>
      blocks.push({
        rowCount: block.rowCount,
        lastNs: block.latencyNs[block.rowCount - 1],
        hasDetails: block.deviceDurationNs !== undefined,
      }),
    );
    expect(log.rowCount).toBe(70_000);
    expect(blocks).toEqual([
      { rowCount: 65_536, lastNs: 65_536, hasDetails: false },
      { rowCount: 4464, lastNs: 70_000, hasDetails: false },
    ]);
  });

  it('gives the details of rows that have any, and none for the others', () => {
    const rows = memoryRows();
    rows.add(rowOf(0));
    rows.add(rowOf(1), { deviceDurationNs: 5, firstTokenNs: 6, tokenCount: 7 });
    rows.log().scan((block) => {
      expect(Array.from(block.deviceDurationNs?.subarray(0, 2) ?? [])).toEqual([Number.NaN, 5]);
      expect(Array.from(block.firstTokenNs?.subarray(0, 2) ?? [])).toEqual([Number.NaN, 6]);
      expect(Array.from(block.tokenCount?.subarray(0, 2) ?? [])).toEqual([0, 7]);
    });
  });
});
