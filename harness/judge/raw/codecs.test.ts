import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { decodeAccuracyLog, encodeAccuracyLine } from './accuracy-log.ts';
import { decodeLabels, encodeLabels } from './labels.ts';
import {
  decodePowerBlocks,
  encodePowerBlock,
  encodePowerFileHeader,
  type RecordedPowerBlock,
} from './power-blocks.ts';
import type { QueryLog } from './query-blocks.ts';
import { decodeQueryColumns, encodeQueryColumns } from './query-log-1.ts';
import { memorySource } from './query-log-file.ts';
import { decodeQueryLog, queryLogFrom } from './query-log.ts';
import {
  queryRowWordCount,
  readQueryRow,
  rowStatus,
  writeQueryRow,
  type QueryRow,
} from './query-row.ts';
import { decodeRawEvidence } from './raw-evidence.ts';
import { decodeWindows, encodeWindows } from './windows.ts';

const utf8 = new TextEncoder();

/** Bytes typed as hex, one field a line. */
function bytesOf(fields: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(fields.join(''), 'hex'));
}

/** The message of the error that reading must end with. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (hasCode(error, 'evidence/unreadable')) return error.message;
    throw error;
  }
  throw new Error('it was read');
}

const rowArbitrary = fc.record({
  issuedAtNs: fc.double({ min: 0, max: 1e15, noNaN: true }),
  latencyNs: fc.double({ min: 0, max: 1e13, noNaN: true }),
  deviceDurationNs: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1e13 })),
  sampleIndex: fc.nat(4_294_967_295),
  status: fc.constantFrom(0, 1, 2),
});

/** Two queries of layout 1 by hand from the table of harness/docs/evidence-format.md. */
const goldenQueries1 = bytesOf([
  '415353415951310a', // ASSAYQ1, line end
  '000000000000f03f', // issued at 1
  '0000000000000040', // latency 2
  '000000000000e03f', // device 0.5
  '07000000', // sample 7
  '00000000', // completed
  '0000000000000840', // issued at 3
  '000000000000f87f', // latency NaN
  '000000000000f87f', // device NaN
  '00010000', // sample 256
  '02000000', // past its deadline
]);

/** Three rows by hand from the same page. */
const goldenQueries = bytesOf([
  '415353415951320a', // ASSAYQ2, line end
  '010000000100', // scheduled at 2^32 + 1
  '0200000001', // latency 2^32 + 2
  '00', // completed
  '03000000', // issued 3 later
  'ffffffffffff', // scheduled at 2^48 - 1
  'ffffffffff', // no latency
  '02', // lost
  'ffffffff', // issued 2^32 - 1 later, or more
  '0a0000000000', // scheduled at 10
  'feffffffff', // latency 2^40 - 2
  '03', // late
  '00000000',
]);

/** Details of the same rows by hand. */
const goldenDetails = bytesOf([
  '415353415944310a', // ASSAYD1, line end
  '000000000000e03f', // device 0.5
  '0000000000000040', // first token after 2
  '0700000000000000', // 7 tokens
  '000000000000f87f', // no device duration
  '000000000000f87f', // no first token
  '0000000000000000', // no tokens
  '000000000000f87f',
  '000000000000f87f',
  '0000000000000000',
]);

/** Every row of a log, copied out of its blocks. */
function rowsOf(log: QueryLog): QueryRow[] {
  const rows: QueryRow[] = [];
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1)
      rows.push({
        scheduledAtNs: block.scheduledAtNs[row] ?? 0,
        issueDelayNs: block.issueDelayNs[row] ?? 0,
        latencyNs: block.latencyNs[row] ?? 0,
        status: block.status[row] ?? 0,
      });
  });
  return rows;
}

const newRowArbitrary = fc
  .record({
    scheduledAtNs: fc.integer({ min: 0, max: 281_474_976_710_655 }),
    issueDelayNs: fc.nat(4_294_967_295),
    latencyNs: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 1_099_511_627_774 })),
    status: fc.integer({ min: 0, max: 5 }),
  })
  .map((row) => ({
    ...row,
    status: Number.isNaN(row.latencyNs) && row.status === 0 ? rowStatus.lost : row.status,
  }));

describe('raw/queries.bin', () => {
  it('is the bytes of the format page', () => {
    const log = decodeQueryLog(goldenQueries, goldenDetails);
    expect(log.rowCount).toBe(3);
    expect(rowsOf(log)).toEqual([
      { scheduledAtNs: 4_294_967_297, latencyNs: 4_294_967_298, issueDelayNs: 3, status: 0 },
      {
        scheduledAtNs: 281_474_976_710_655,
        latencyNs: Number.NaN,
        issueDelayNs: 4_294_967_295,
        status: 2,
      },
      { scheduledAtNs: 10, latencyNs: 1_099_511_627_774, issueDelayNs: 0, status: 3 },
    ]);
    log.scan((block) => {
      expect([...(block.deviceDurationNs ?? [])]).toEqual([0.5, Number.NaN, Number.NaN]);
      expect([...(block.firstTokenNs ?? [])]).toEqual([2, Number.NaN, Number.NaN]);
      expect([...(block.tokenCount ?? [])]).toEqual([7, 0, 0]);
    });
  });

  it('reads back what a row writer wrote, wherever its bytes begin', () => {
    fc.assert(
      fc.property(fc.array(newRowArbitrary, { maxLength: 30 }), fc.nat(3), (rows, shift) => {
        const words = new Uint32Array(rows.length * queryRowWordCount);
        for (const [index, row] of rows.entries())
          writeQueryRow(words, index * queryRowWordCount, row);
        expect(rows.map((_, index) => readQueryRow(words, index * queryRowWordCount))).toEqual(
          rows,
        );
        const body = new Uint8Array(words.buffer);
        const padded = new Uint8Array(shift + 8 + body.length);
        padded.set(goldenQueries.subarray(0, 8), shift);
        padded.set(body, shift + 8);
        expect(rowsOf(decodeQueryLog(padded.subarray(shift)))).toEqual(rows);
      }),
    );
  });

  it('is scanned in blocks of 65 536 rows, from a source that is asked piece by piece', () => {
    const rowCount = 65_536 * 2 + 5;
    const words = new Uint32Array(rowCount * queryRowWordCount);
    for (let row = 0; row < rowCount; row += 1)
      writeQueryRow(words, row * queryRowWordCount, {
        scheduledAtNs: row,
        issueDelayNs: 0,
        latencyNs: row + 1,
        status: rowStatus.completed,
      });
    const bytes = Buffer.concat([goldenQueries.subarray(0, 8), new Uint8Array(words.buffer)]);
    let longestRead = 0;
    const source = memorySource(bytes);
    const log = queryLogFrom({
      ...source,
      read: (offset, byteCount) => {
        longestRead = Math.max(longestRead, byteCount);
        return source.read(offset, byteCount);
      },
    });
    const blocks: [number, number][] = [];
    log.scan(({ rowCount: count, latencyNs }) => blocks.push([count, latencyNs[0] ?? 0]));
    expect(blocks).toEqual([
      [65_536, 1],
      [65_536, 65_537],
      [5, 131_073],
    ]);
    expect(longestRead).toBe(65_536 * 16);
  });

  it('says which row is wrong', () => {
    const changed = (offset: number, ...bytes: number[]): Uint8Array => {
      const copy = goldenQueries.slice();
      copy.set(bytes, offset);
      return copy;
    };
    const message = (bytes: Uint8Array, details?: Uint8Array): string =>
      refusal(() => rowsOf(decodeQueryLog(bytes, details)));
    expect(message(goldenQueries.subarray(0, -1))).toBe('raw/queries.bin: ends inside row 2');
    expect(message(changed(0, 0x42))).toContain('begins with "BSSAYQ2\\n"');
    expect(message(utf8.encode('ASS'))).toContain('begins with "ASS"');
    expect(message(changed(8 + 11, 6))).toContain('row 0 has the unknown status 6');
    expect(message(changed(24 + 11, 0))).toContain('row 1 is completed without a latency');
    const cut = goldenDetails.subarray(0, -1);
    expect(message(goldenQueries, cut)).toBe('raw/query-details.bin: ends inside row 2');
    const two = goldenDetails.subarray(0, -24);
    expect(message(goldenQueries, two)).toContain('holds 2 rows beside 3 queries');
    const negative = goldenDetails.slice();
    negative[8 + 7] = 0xbf;
    expect(message(goldenQueries, negative)).toContain('row 0 has the device duration -0.5 ns');
  });
});

describe('raw/queries.bin of rule set 1', () => {
  it('is the bytes of the format page', () => {
    const log = decodeQueryColumns(goldenQueries1);
    expect(log).toEqual({
      queryCount: 2,
      issuedAtNs: Float64Array.of(1, 3),
      latencyNs: Float64Array.of(2, Number.NaN),
      deviceDurationNs: Float64Array.of(0.5, Number.NaN),
      sampleIndex: Uint32Array.of(7, 256),
      status: Uint32Array.of(0, 2),
    });
    expect(encodeQueryColumns(log)).toEqual(goldenQueries1);
  });

  it('becomes rows: past its deadline is lost, and late beside it when an answer came', () => {
    const late = goldenQueries1.slice();
    late.set(goldenQueries1.subarray(16, 24), 40 + 8);
    expect(rowsOf(decodeQueryLog(late))).toEqual([
      { scheduledAtNs: 1, issueDelayNs: 0, latencyNs: 2, status: rowStatus.completed },
      { scheduledAtNs: 3, issueDelayNs: 0, latencyNs: Number.NaN, status: rowStatus.lost },
      { scheduledAtNs: 3, issueDelayNs: 0, latencyNs: 2, status: rowStatus.late },
    ]);
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(fc.array(rowArbitrary, { maxLength: 30 }), (rows) => {
        const latencyNs = rows.map((row) => (row.status === 1 ? Number.NaN : row.latencyNs));
        const log = {
          queryCount: rows.length,
          issuedAtNs: Float64Array.from(rows, (row) => row.issuedAtNs),
          latencyNs: Float64Array.from(latencyNs),
          deviceDurationNs: Float64Array.from(rows, (row) => row.deviceDurationNs),
          sampleIndex: Uint32Array.from(rows, (row) => row.sampleIndex),
          status: Uint32Array.from(rows, (row) => row.status),
        };
        expect(decodeQueryColumns(encodeQueryColumns(log))).toEqual(log);
      }),
    );
  });

  it('says which row is wrong', () => {
    const changed = (offset: number, ...bytes: number[]): Uint8Array => {
      const copy = goldenQueries1.slice();
      copy.set(bytes, offset);
      return copy;
    };
    const message = (bytes: Uint8Array): string => refusal(() => decodeQueryLog(bytes));
    expect(message(goldenQueries1.subarray(0, -1))).toBe('raw/queries.bin: ends inside row 1');
    expect(message(changed(8 + 28, 3))).toContain('row 0 has the unknown status 3');
    expect(message(changed(8 + 28, 1))).toContain('row 0 failed and yet has a latency');
    expect(message(changed(40 + 28, 0))).toContain('row 1 is completed without a latency');
    expect(message(changed(8 + 15, 0xc0))).toContain('row 0 has the latency');
    expect(message(changed(8 + 7, 0xbf))).toContain('row 0 was issued at -1 ns');
    expect(message(changed(8 + 23, 0xbf))).toContain('row 0 has the device duration -0.5 ns');
  });
});

/** One block by hand: samples 2 and 3, 1000 Hz, 1 lost before. */
const goldenPower = bytesOf([
  '415353415950310a', // ASSAYP1, line end
  '0000000000000040', // first sample 2
  '0000000065cdcd41', // arrived at 1e9
  '0000000000408f40', // 1000 Hz
  '0200000001000000', // 2 samples, 1 lost
  '0000803f', // 1 J
  '0000c07f', // torn
]);

describe('raw/power.bin', () => {
  it('is the bytes of the format page', () => {
    const block: RecordedPowerBlock = {
      firstSampleIndex: 2,
      arrivedAtNs: 1e9,
      sampleRateHz: 1000,
      lostSampleCount: 1,
      energyJoules: Float32Array.of(1, Number.NaN),
    };
    expect(decodePowerBlocks(goldenPower)).toEqual({ blocks: [block], cutByteCount: 0 });
    const written = [...encodePowerFileHeader(), ...encodePowerBlock(block)];
    expect(written).toEqual([...goldenPower]);
  });

  it('cut anywhere still gives every whole block', () => {
    const blockArbitrary = fc.array(fc.float({ noNaN: true }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(blockArbitrary, { maxLength: 5 }), fc.nat(200), (parts, cut) => {
        let firstSampleIndex = 0;
        const blocks = parts.map((joules, place): RecordedPowerBlock => {
          const energyJoules = Float32Array.from(joules);
          const block = { firstSampleIndex, arrivedAtNs: place, lostSampleCount: 0, energyJoules };
          firstSampleIndex += joules.length;
          return { ...block, sampleRateHz: 1000 };
        });
        const encoded = blocks.map(encodePowerBlock);
        const bytes = Uint8Array.from([
          ...encodePowerFileHeader(),
          ...encoded.flatMap((block) => [...block]),
        ]);
        const kept = bytes.subarray(0, Math.max(8, bytes.length - cut));
        let end = 8;
        const wholeCount = encoded.filter((block) => (end += block.length) <= kept.length).length;
        expect(decodePowerBlocks(kept).blocks).toEqual(blocks.slice(0, wholeCount));
      }),
    );
  });

  it('says which block is wrong', () => {
    const message = (blocks: readonly Partial<RecordedPowerBlock>[]): string => {
      const bytes = blocks.flatMap((block) => [
        ...encodePowerBlock({
          firstSampleIndex: 0,
          arrivedAtNs: 1,
          sampleRateHz: 1000,
          lostSampleCount: 0,
          energyJoules: Float32Array.of(1, 2),
          ...block,
        }),
      ]);
      const file = Uint8Array.from([...encodePowerFileHeader(), ...bytes]);
      return refusal(() => decodePowerBlocks(file));
    };
    expect(message([{}, { firstSampleIndex: 1 }])).toContain('block 1 at byte 48 begins with');
    expect(message([{}, { firstSampleIndex: 2, sampleRateHz: 500 }])).toContain('500 Hz after');
    expect(message([{ sampleRateHz: 0 }])).toContain('has the rate 0 Hz');
    expect(message([{ arrivedAtNs: Number.NaN }])).toContain('arrived at NaN ns');
    expect(message([{ firstSampleIndex: 0.5 }])).toContain('begins with sample 0.5');
    const absurd = goldenPower.slice();
    absurd.set([0xff, 0xff, 0xff, 0xff], 8 + 24);
    expect(refusal(() => decodePowerBlocks(absurd))).toContain('claims 4294967295 samples');
  });
});

describe('raw/accuracy.jsonl', () => {
  it('is one line of JSON per answer', () => {
    const line = encodeAccuracyLine({ sampleIndex: 3, output: Float32Array.of(0.5, -2) });
    expect(line).toBe('{"sampleIndex":3,"output":[0.5,-2]}\n');
  });

  it('reads back every float, also those that JSON has no number for', () => {
    fc.assert(
      fc.property(fc.array(fc.float(), { minLength: 1 }), (values) => {
        const output = Float32Array.from(values, (value) => value + 0);
        const entry = { sampleIndex: 1, output };
        const [read] = decodeAccuracyLog(utf8.encode(encodeAccuracyLine(entry)));
        expect(read?.sampleIndex).toBe(1);
        expect([...(read?.output ?? [])].map((value) => value + 0)).toEqual([...output]);
      }),
    );
  });

  it('says which line is wrong', () => {
    const message = (text: string): string => refusal(() => decodeAccuracyLog(utf8.encode(text)));
    const line = '{"sampleIndex":3,"output":[1]}\n';
    expect(message(`${line}{"sampleIndex":4`)).toContain('line 2 has no end');
    expect(message(`${line}{"sampleIndex":4\n`)).toContain('line 2 is no JSON');
    expect(message(`${line}${line}`)).toContain('line 2 answers sample 3 again, after line 1');
    expect(message('{"sampleIndex":3,"output":[]}\n')).toContain('line 1 is not');
    expect(message('{"sampleIndex":3,"output":[null]}\n')).toContain('line 1 is not');
    expect(refusal(() => decodeAccuracyLog(Uint8Array.of(0xff)))).toContain('is no UTF-8 text');
    expect(decodeAccuracyLog(new Uint8Array())).toEqual([]);
  });
});

describe('raw/windows.json and raw/labels.json', () => {
  const windows = [
    { inferenceCount: 5, startedAtNs: 1, endedAtNs: 2.5 },
    { inferenceCount: 5, startedAtNs: 3, endedAtNs: 4, deviceDurationNs: 0.5 },
  ];

  it('read back what was written', () => {
    expect(decodeWindows(encodeWindows(windows))).toEqual(windows);
    expect(decodeLabels(encodeLabels(Uint8Array.of(3, 0, 11)))).toEqual([3, 0, 11]);
  });

  it('say what is wrong', () => {
    const message = (text: string): string => refusal(() => decodeWindows(utf8.encode(text)));
    const backwards = [{ inferenceCount: 1, startedAtNs: 2, endedAtNs: 2 }];
    expect(message(JSON.stringify(backwards))).toContain('window 0 ends before it starts');
    expect(message('[{"inferenceCount":0,"startedAtNs":1,"endedAtNs":2}]')).toContain('/0/inf');
    expect(message('{')).toBe('raw/windows.json: is no JSON');
    expect(refusal(() => decodeLabels(utf8.encode('[1,-1]')))).toContain('no list of class');
  });

  it('are read with the others where they are there', () => {
    const files: Record<string, Uint8Array> = {
      'raw/windows.json': encodeWindows(windows),
      'raw/queries.bin': goldenQueries,
    };
    const raw = decodeRawEvidence((path) => files[path]);
    expect(Object.keys(raw).toSorted()).toEqual(['queries', 'windows']);
    expect(raw.windows).toEqual(windows);
  });
});
