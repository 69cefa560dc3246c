import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseTinyLine, type TinyMessage } from './protocol.ts';
import { readBack } from './read-back.ts';

/** Twenty bytes: two whole lines and one of four. */
const sample = Uint8Array.from({ length: 20 }, (_, index) => index);
const lines = [
  'm-buffer-00-01-02-03-04-05-06-07',
  'm-buffer-08-09-0a-0b-0c-0d-0e-0f',
  'm-buffer-10-11-12-13',
];
const read = (texts: readonly string[]): TinyMessage[] => texts.map((text) => parseTinyLine(text));
const withLine = (index: number, text: string): TinyMessage[] => read(lines.with(index, text));

describe('a read-back', () => {
  it('is verified by one whole reading', () => {
    expect(readBack(sample).add(read(lines))).toBe('verified');
  });

  it('is verified by two readings that are damaged in different lines', () => {
    const comparison = readBack(sample);
    expect(comparison.add(withLine(0, 'm-buffer-00-01-02-03-04-05-06-0?'))).toBe('unclear');
    expect(comparison.add(withLine(2, 'm-buffer-10-11-12-1'))).toBe('verified');
  });

  it('differs when one line shows the same wrong byte twice', () => {
    const comparison = readBack(sample);
    const wrong = withLine(1, 'm-buffer-08-09-0a-0b-0c-0d-0e-1f');
    expect(comparison.add(wrong)).toBe('unclear');
    expect(comparison.add(wrong)).toBe('differs');
  });

  it('knows the lines before and after two that were joined', () => {
    const comparison = readBack(sample);
    expect(comparison.add(read([lines[0] ?? '', 'joined']))).toBe('unclear');
    expect(comparison.add(read(['joined', lines[2] ?? '']))).toBe('unclear');
    expect(comparison.add(withLine(0, 'damaged'))).toBe('verified');
  });

  it('takes no place for certain when a whole line is missing without a trace', () => {
    const zeros = readBack(new Uint8Array(24));
    const zeroLine = 'm-buffer-00-00-00-00-00-00-00-00';
    expect(zeros.add(read([zeroLine, zeroLine]))).toBe('unclear');
    expect(zeros.add(read([zeroLine, zeroLine, zeroLine, zeroLine]))).toBe('unclear');
    expect(zeros.add(read([zeroLine, zeroLine, zeroLine]))).toBe('verified');
  });

  it('verifies once each byte was right in a reading, wherever its lines are damaged', () => {
    const bytes = Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0);
    const comparison = readBack(bytes);
    expect(comparison.add(read(['m-buffer-12-3?-56-78-9a-bc-de-f0']))).toBe('unclear');
    expect(comparison.add(read(['m-buffer-12-3-56-78-9a-bc-de-f0']))).toBe('unclear');
    expect(comparison.add(read(['m-buffer-12-34-56-78-9a-bc-de-ff0']))).toBe('verified');
  });

  it('never verifies a board that holds one other byte by readings with characters lost or doubled', () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 8 });
    const damages = fc.array(fc.tuple(fc.nat(31), fc.boolean()), { maxLength: 6 });
    fc.assert(
      fc.property(bytes, fc.nat(7), damages, (held, at, places) => {
        const wanted = held.slice();
        wanted[at] = (wanted[at] ?? 0) ^ 0x11;
        const hex = Array.from(held, (byte) => byte.toString(16).padStart(2, '0'));
        const line = `m-buffer-${hex.join('-')}`;
        const comparison = readBack(wanted);
        for (const [place, isLost] of places) {
          const end = line.slice(isLost ? place + 1 : place);
          const damaged = line.slice(0, place + (isLost ? 0 : 1)) + end;
          expect(comparison.add(read([damaged]))).not.toBe('verified');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never verifies a board that holds one other byte, however often it is read', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (held, at, change) => {
        const wanted = held.slice();
        const index = at % wanted.length;
        wanted[index] = (wanted[index] ?? 0) ^ change;
        const print: TinyMessage[] = [];
        for (let first = 0; first < held.length; first += 8) {
          print.push({ kind: 'buffer', bytes: held.slice(first, first + 8) });
        }
        const comparison = readBack(wanted);
        expect(comparison.add(print)).not.toBe('verified');
        expect(comparison.add(print)).toBe('differs');
      }),
    );
  });
});
