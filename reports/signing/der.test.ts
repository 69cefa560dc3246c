import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { derChildren, derElementAt } from './der-reader.ts';
import { der, derInteger, derObjectId, derSequence, derSetOf, derTag } from './der.ts';

describe('DER', () => {
  it('writes object identifiers as X.690 shows them', () => {
    expect(derObjectId('1.2.840.113549').toString('hex')).toBe('06062a864886f70d');
    expect(derObjectId('2.5.4.3').toString('hex')).toBe('0603550403');
    expect(derObjectId('2.16.840.1.101.3.4.2.1').toString('hex')).toBe('0609608648016503040201');
  });

  it('keeps an integer positive and short', () => {
    expect(derInteger(Buffer.from([0x80])).toString('hex')).toBe('02020080');
    expect(derInteger(Buffer.from([0, 0, 0x7f])).toString('hex')).toBe('02017f');
    expect(derInteger(Buffer.from([0])).toString('hex')).toBe('020100');
  });

  it('writes lengths of 127, 128 and 256 in one, two and three bytes', () => {
    const head = (byteCount: number): string =>
      der(derTag.octetString, Buffer.alloc(byteCount)).subarray(0, 4).toString('hex');
    expect(head(127)).toBe('047f0000');
    expect(head(128)).toBe('04818000');
    expect(head(256)).toBe('04820100');
  });

  it('orders a SET OF by its bytes', () => {
    const [two, one] = [derInteger(Buffer.from([2])), derInteger(Buffer.from([1]))];
    expect(derSetOf(two, one).toString('hex')).toBe('3106020101020102');
  });

  it('reads back what it wrote', () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    fc.assert(
      fc.property(contents, (parts) => {
        const bytes = derSequence(...parts.map((part) => der(derTag.octetString, part)));
        const children = derChildren(derElementAt(bytes, 0));
        expect(children.map((child) => Uint8Array.from(child.content))).toEqual(parts);
      }),
    );
  });

  it.each(['30', '3005', '30800000', '3085010000000100', '308201'])('refuses %s', (hex) => {
    expect(() => derElementAt(Buffer.from(hex, 'hex'), 0)).toThrow(
      expect.objectContaining({ code: 'evidence/unreadable' }),
    );
  });
});
