import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { displayWidth, formatTable, type TableColumn } from './table.ts';

interface Row {
  readonly name: string;
  readonly count: string;
}

const columns: readonly TableColumn<Row>[] = [
  { title: 'name', cell: ({ name }) => name },
  { title: 'count', align: 'right', cell: ({ count }) => count },
];

describe('formatTable', () => {
  it('sets text to the left and numbers to the right, without trailing blanks', () => {
    const rows = [
      { name: 'a', count: '1' },
      { name: 'long name', count: '12345678' },
    ];
    expect(formatTable(columns, rows)).toBe(
      ['name          count', 'a                 1', 'long name  12345678'].join('\n'),
    );
  });

  it('gives only the titles for no rows', () => {
    expect(formatTable(columns, [])).toBe('name  count');
  });

  it('counts two columns for each Chinese character', () => {
    expect(displayWidth('實驗室 A')).toBe(8);
    const rows = [
      { name: '實驗室', count: '1' },
      { name: 'lab', count: '2' },
    ];
    expect(formatTable(columns, rows)).toBe(
      ['name    count', '實驗室      1', 'lab         2'].join('\n'),
    );
  });

  it('lets no cell steer the terminal', () => {
    const rows = [{ name: 'a\u001b[31m\nb', count: '\u009b2J' }];
    expect(formatTable(columns, rows)).toBe(['name      count', 'a [31m b     2J'].join('\n'));
  });

  it('ends every line of a right-aligned last column at the same place, whatever the cells', () => {
    const row = fc.record({ name: fc.string(), count: fc.stringMatching(/^\d{1,9}$/) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const lines = formatTable(columns, rows).split('\n');
        expect(new Set(lines.map((line) => displayWidth(line))).size).toBe(1);
        expect(lines).toHaveLength(rows.length + 1);
      }),
    );
  });
});
