import { element } from './element.ts';

/** A column: its title, and what a row shows in it. */
export interface DataColumn<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => readonly (Node | string)[];
}

/** A table that scrolls by itself when it is wider than the page. */
export function dataTable<Row>(
  labelId: string,
  columns: readonly DataColumn<Row>[],
  rows: readonly Row[],
): HTMLElement {
  const style = ({ isNumber }: DataColumn<Row>): Record<string, string> =>
    isNumber === true ? { class: 'number' } : {};
  const titles = columns.map((column) =>
    element('th', { ...style(column), scope: 'col' }, column.title),
  );
  const lines = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map((column) => element('td', style(column), ...column.cell(row))),
    ),
  );
  const table = element(
    'table',
    { 'aria-labelledby': labelId },
    element('thead', {}, element('tr', {}, ...titles)),
    element('tbody', {}, ...lines),
  );
  const region = { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': labelId };
  return element('div', { ...region, 'data-key': labelId }, table);
}
