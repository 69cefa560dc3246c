import { formatDurationNs } from './format-quantity.ts';
import type { ReportBlock, TableColumn } from './report-document.ts';

/** What is stated of a duration. */
interface StatedDurations {
  readonly minNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p95Ns: number;
  readonly p97Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

const titles = ['Min', 'Mean', 'p50', 'p90', 'p95', 'p97', 'p99', 'p99.9', 'Max'];

function cells(stated: StatedDurations): string[] {
  const { minNs, meanNs, p50Ns, p90Ns, p95Ns, p97Ns, p99Ns, p999Ns, maxNs } = stated;
  return [minNs, meanNs, p50Ns, p90Ns, p95Ns, p97Ns, p99Ns, p999Ns, maxNs].map(formatDurationNs);
}

/**
 * A row of percentiles for each quantity.
 *
 * @param rows - name and values; a single row without a name has no column for it
 */
export function percentileTable(
  rows: readonly { readonly name: string; readonly stated: StatedDurations }[],
  note: string,
): ReportBlock {
  const hasNames = rows.some(({ name }) => name !== '');
  const nameColumn: readonly TableColumn[] = hasNames ? [{ title: '', align: 'left' }] : [];
  return {
    kind: 'table',
    columns: [...nameColumn, ...titles.map((title) => ({ title, align: 'right' }) as const)],
    rows: rows.map(({ name, stated }) => [...(hasNames ? [name] : []), ...cells(stated)]),
    note,
  };
}
