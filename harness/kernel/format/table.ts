/** A column of a table of text; numbers stand to the right. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

const columnGap = '  ';

/** Blocks whose characters take two columns of a terminal: CJK, kana, Hangul, full-width forms. */
const wideCharacter =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/** How many columns of a terminal a text takes. Pure. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += wideCharacter.test(character) ? 2 : 1;
  return width;
}

/** The text without control characters, so that no name can steer a terminal. Pure. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/**
 * Rows under their titles, columns as wide as their widest cell, no trailing blanks. Pure.
 *
 * @returns lines without a line break at the end; only the titles when there are no rows
 */
export function formatTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => printable(cell(row)))),
  ];
  const widths = columns.map((_column, index) =>
    Math.max(...cells.map((line) => displayWidth(line[index] ?? ''))),
  );
  const lines = cells.map((line) =>
    line.map((text, index) => {
      const padding = ' '.repeat((widths[index] ?? 0) - displayWidth(text));
      return columns[index]?.align === 'right' ? `${padding}${text}` : `${text}${padding}`;
    }),
  );
  return lines.map((line) => line.join(columnGap).trimEnd()).join('\n');
}
