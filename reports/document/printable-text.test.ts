import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { printableText } from './printable-text.ts';

describe('text of the report', () => {
  it('keeps what its fonts hold', () => {
    const text = 'Größe 3.1 µs ± 2 % — “Ω ≥ 10” MLPerf®\nČeské Мир';
    expect(printableText(text)).toBe(text);
  });

  it('writes anything else as its code point, never as an empty box', () => {
    expect(printableText('工 😀 \u0007')).toBe('[U+5DE5] [U+1F600] [U+0007]');
  });

  it('is printable the second time without a change', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const printed = printableText(text);
        expect(printableText(printed)).toBe(printed);
      }),
    );
  });
});
