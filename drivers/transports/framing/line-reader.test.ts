import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { lineReader } from './line-reader.ts';

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function linesOf(chunks: readonly Uint8Array[], lineBytesMax = 100): string[] {
  const lines: string[] = [];
  const reader = lineReader(lineBytesMax, (line) => lines.push(line));
  for (const chunk of chunks) reader.push(chunk);
  return lines;
}

describe('the line reader', () => {
  it('ends lines at CRLF and at LF alone', () => {
    expect(linesOf([bytes('m-ready\r\nSupplied\nx')])).toEqual(['m-ready', 'Supplied']);
  });

  it('takes NUL and CR out wherever they stand', () => {
    expect(linesOf([bytes('\0m-re\0ady\r\r\n')])).toEqual(['m-ready']);
  });

  it('keeps every other byte as one latin1 character', () => {
    expect(linesOf([Uint8Array.of(0xff, 0x6d, 0x80, 0x0a)])).toEqual(['\u00FFm\u0080']);
  });

  it('gives an empty line for an empty line', () => {
    expect(linesOf([bytes('\r\n\n')])).toEqual(['', '']);
  });

  it('joins a line that comes in three chunks', () => {
    expect(linesOf([bytes('m-'), bytes('rea'), bytes('dy\r\nm')])).toEqual(['m-ready']);
  });

  it('refuses a line longer than its limit and starts anew after it', () => {
    const lines: string[] = [];
    const reader = lineReader(4, (line) => lines.push(line));
    expect(() => reader.push(bytes('abcde'))).toThrow('more than 4 bytes');
    reader.push(bytes('abcd\n'));
    expect(lines).toEqual(['abcd']);
  });

  it('names the overflow by its code', () => {
    const reader = lineReader(2, () => undefined);
    let thrown: unknown;
    try {
      reader.push(bytes('a'));
      reader.push(bytes('bc'));
    } catch (error) {
      thrown = error;
    }
    expect(hasCode(thrown, 'serial/overflow')).toBe(true);
  });

  it('forgets a line begun when it is reset', () => {
    const lines: string[] = [];
    const reader = lineReader(100, (line) => lines.push(line));
    reader.push(bytes('m-re'));
    reader.reset();
    reader.push(bytes('m-ready\n'));
    expect(lines).toEqual(['m-ready']);
  });

  it('gives the same lines however the bytes are cut', () => {
    const texts = fc.array(fc.stringMatching(/^[ -~]{0,20}$/), { maxLength: 10 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(30), { maxLength: 40 }), (lines, cuts) => {
        const whole = bytes(lines.map((line) => `${line}\r\n`).join(''));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(whole.slice(at, at + cut));
          at = Math.min(whole.length, at + cut);
        }
        chunks.push(whole.slice(at));
        expect(linesOf(chunks)).toEqual(lines);
      }),
    );
  });
});
