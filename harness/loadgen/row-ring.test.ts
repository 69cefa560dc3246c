import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeQueryLog } from '#harness/judge/raw/query-log.ts';
import { readQueryRow, rowStatus } from '#harness/judge/raw/query-row.ts';

import {
  breakRowRing,
  closeRowRing,
  rowRingReader,
  type RowRingReader,
} from './row-ring-reader.ts';
import { rowRingWriter } from './row-ring-writer.ts';
import { makeRowRing, ringState } from './row-ring.ts';

/** A clock that goes on by 12 s with every look. */
function impatientClock(): { readonly nowNs: () => number } {
  let nowNs = 0;
  return { nowNs: () => (nowNs += 12e9) };
}

const row = (number: number): Parameters<ReturnType<typeof rowRingWriter>['add']>[0] => ({
  scheduledAtNs: 1_000_000_000_000 + number,
  issueDelayNs: number % 4096,
  latencyNs: number * 3,
  status: rowStatus.completed,
});

/** Takes everything that waits. */
function takeAll(reader: RowRingReader): { readonly rows: Buffer; readonly details: Buffer } {
  const rows: Uint8Array[] = [];
  const details: Uint8Array[] = [];
  for (let span = reader.next(1e9); span !== undefined; span = reader.next(1e9)) {
    rows.push(span.rows.slice());
    if (span.details !== undefined) details.push(span.details.slice());
    reader.release(span.rowCount);
  }
  return { rows: Buffer.concat(rows), details: Buffer.concat(details) };
}

describe('a ring of rows', () => {
  it('shows each row at once, as it lies in the file', () => {
    const ring = makeRowRing({ rowCapacity: 8 });
    const [writer, reader] = [rowRingWriter(ring, impatientClock()), rowRingReader(ring)];
    writer.add({ scheduledAtNs: 0x0102_0304_0506, issueDelayNs: 7, latencyNs: 0x0a0b, status: 2 });
    expect(reader.waitingCount()).toBe(1);
    expect(takeAll(reader).rows.toString('hex')).toBe('0605040302010b0a0000000207000000');
  });

  it('gives back what was put in, in order and in step, whatever is taken when', () => {
    const steps = fc.array(fc.record({ add: fc.nat(9), range: fc.nat(9), take: fc.nat(9) }));
    fc.assert(
      fc.property(steps, (moves) => {
        const ring = makeRowRing({ rowCapacity: 32, hasDetails: true });
        const [writer, reader] = [rowRingWriter(ring, impatientClock()), rowRingReader(ring)];
        const wanted: number[] = [];
        const rows: Buffer[] = [];
        const tokens: number[] = [];
        for (const { add, range, take } of moves) {
          const room = 32 - reader.waitingCount();
          const [added, repeated] = [Math.min(add, room), Math.min(range, Math.max(0, room - add))];
          for (let count = 0; count < added; count += 1) {
            const number = wanted.push(wanted.length);
            const details = { deviceDurationNs: number, firstTokenNs: 1, tokenCount: number };
            writer.add(row(number - 1), details);
          }
          writer.addRange(row(7), repeated);
          wanted.push(...Array.from({ length: repeated }, () => 7));
          const span = reader.next(take);
          if (span === undefined) continue;
          rows.push(Buffer.from(span.rows));
          const view = new DataView(Uint8Array.from(span.details ?? []).buffer);
          for (let at = 0; at < span.rowCount; at += 1)
            tokens.push(view.getUint32(at * 24 + 16, true));
          reader.release(span.rowCount);
        }
        const rest = takeAll(reader);
        const bytes = Buffer.concat([Buffer.from('ASSAYQ2\n'), ...rows, rest.rows]);
        const scheduled: number[] = [];
        decodeQueryLog(bytes).scan((block) =>
          scheduled.push(...block.scheduledAtNs.subarray(0, block.rowCount)),
        );
        expect(scheduled).toEqual(wanted.map((number) => row(number).scheduledAtNs));
        expect(writer.rowCount()).toBe(wanted.length);
        expect(rest.details.byteLength * 16).toBe(rest.rows.byteLength * 24);
        tokens.forEach((count, at) => expect([0, (wanted[at] ?? 0) + 1]).toContain(count));
      }),
    );
  });

  it('writes details as in the file, and none as NaN, NaN, 0', () => {
    const ring = makeRowRing({ rowCapacity: 4, hasDetails: true });
    const writer = rowRingWriter(ring, impatientClock());
    writer.add(row(0), { deviceDurationNs: 1, firstTokenNs: 2, tokenCount: 3 });
    writer.add(row(1));
    expect(takeAll(rowRingReader(ring)).details.toString('hex')).toBe(
      [
        '000000000000f03f',
        '0000000000000040',
        '0300000000000000',
        '000000000000f87f',
        '000000000000f87f',
        '0000000000000000',
      ].join(''),
    );
  });

  it('goes on counting where 32 bits end', () => {
    const ring = makeRowRing({ rowCapacity: 4 });
    new Int32Array(ring.control).fill(-2, 0, 17);
    const [writer, reader] = [rowRingWriter(ring, impatientClock()), rowRingReader(ring)];
    for (let number = 0; number < 4; number += 1) writer.add(row(number));
    expect(reader.waitingCount()).toBe(4);
    const { rows } = takeAll(reader);
    const words = new Uint32Array(Uint8Array.from(rows).buffer);
    expect([0, 4, 8, 12].map((at) => readQueryRow(words, at).latencyNs)).toEqual([0, 3, 6, 9]);
  });

  it('that is full for 30 s is evidence/write-failed, with the stall counted', () => {
    const ring = makeRowRing({ rowCapacity: 4 });
    const writer = rowRingWriter(ring, impatientClock());
    writer.addRange(row(0), 4);
    expect(() => writer.add(row(4))).toThrow(
      expect.objectContaining({ code: 'evidence/write-failed' }),
    );
    const { rowCount, stallCount, stallNs } = writer.statistics();
    expect({ rowCount, stallCount }).toEqual({ rowCount: 4, stallCount: 1 });
    expect(stallNs).toBeGreaterThan(30e9);
  });

  it('refuses the next row once the disk is full, though there is room', () => {
    const ring = makeRowRing({ rowCapacity: 4 });
    const writer = rowRingWriter(ring, impatientClock());
    rowRingReader(ring).fail(ringState.diskFull);
    expect(() => writer.add(row(0))).toThrow(
      expect.objectContaining({ code: 'evidence/disk-full' }),
    );
    breakRowRing(ring);
    expect(() => writer.addRange(row(0), 2)).toThrow(
      expect.objectContaining({ code: 'evidence/disk-full' }),
    );
  });

  it('says that it is closing, and rests no longer then', () => {
    const ring = makeRowRing({ rowCapacity: 4 });
    const reader = rowRingReader(ring);
    expect(reader.isClosing()).toBe(false);
    closeRowRing(ring);
    reader.rest(1e9);
    expect(reader.isClosing()).toBe(true);
  });
});
