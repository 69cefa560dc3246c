import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalBytes, canonicalJson, parseCanonical } from './canonical-json.ts';

function parse(text: string): unknown {
  return parseCanonical(Buffer.from(text, 'utf8'), 'the file');
}

describe('canonical JSON', () => {
  it('writes the example of RFC 8785, 3.2.2, as 3.2.3 shows it', () => {
    const value = {
      numbers: [
        Number('333333333.33333329'),
        1e30,
        4.5,
        2e-3,
        0.000_000_000_000_000_000_000_000_001,
      ],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '\uD800', undefined])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'run/bug' }));
  });

  it('reads back what it wrote, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(parseCanonical(bytes, 'the file'))).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['a blank', '{"a": 1}'],
    ['keys out of order', '{"b":1,"a":1}'],
    ['a doubled key', '{"a":1,"a":1}'],
    ['another form of a number', '{"a":1.0}'],
    ['an escape that is not needed', '{"a":"\\u0041"}'],
    ['a line end', '{"a":1}\n'],
    ['a byte order mark', '\uFEFF{"a":1}'],
    ['no JSON', '{'],
  ])('refuses to read %s', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'evidence/unreadable' }));
  });

  it('refuses to read bytes that are no UTF-8', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    expect(() => parseCanonical(bytes, 'the file')).toThrow('the file is no JSON');
  });
});
