import type { TableColumn } from './report-document.ts';

/** A column of words. */
export function leftColumn(title: string): TableColumn {
  return { title, align: 'left' };
}

/** A column of numbers. */
export function rightColumn(title: string): TableColumn {
  return { title, align: 'right' };
}
