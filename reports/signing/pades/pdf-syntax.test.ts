import { describe, expect, it } from 'vitest';

import { parsePdfNode } from './pdf-syntax.ts';

describe('the syntax of PDF', () => {
  it('parses a dictionary with every kind of value that our reports hold', () => {
    const text =
      '<< /Type /Page % note >>\n /Kids [3 0 R -1.5 true] /T (a\\) b) /H <0Af1> /D << /X null >> >> rest';
    const node = parsePdfNode(text, 0);
    expect(text.slice(node.end)).toBe(' rest');
    expect(node.kind === 'dictionary' && [...node.entries.keys()]).toEqual([
      'Type',
      'Kids',
      'T',
      'H',
      'D',
    ]);
    expect(node.kind === 'dictionary' && node.entries.get('Kids')).toMatchObject({
      items: [
        { kind: 'reference', objectNumber: 3 },
        { kind: 'word', text: '-1.5' },
        { kind: 'word', text: 'true' },
      ],
    });
  });

  it.each(['<< /A 1', '[1 2', '<< /A 1 /A 2 >>', '<< 1 2 >>', '(open', '<0G>', '', '['.repeat(99)])(
    'refuses %s',
    (text) => {
      expect(() => parsePdfNode(text, 0)).toThrow(
        expect.objectContaining({ code: 'evidence/unreadable' }),
      );
    },
  );
});
