/** `npm run bench [-- --json]`: every figure beside its reference, measured in this run. */
import process from 'node:process';

import { benchTinyAccuracy } from '#drivers/duts/tiny-serial/tiny-accuracy.bench.ts';
import { benchTinySerial } from '#drivers/duts/tiny-serial/tiny-serial.bench.ts';
import { benchDaemon } from '#harness/app/daemon.bench.ts';
import { benchLoadgen } from '#harness/app/load/loadgen.bench.ts';
import { benchStatistics } from '#harness/judge/judge.bench.ts';
import { formatTable } from '#harness/kernel/format/table.ts';
import { benchReport } from '#reports/report.bench.ts';

interface Row {
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs?: number;
  readonly ratio?: number;
  /** What the numbers do not say. */
  readonly note?: string;
}

const micro = (value: number | undefined): string =>
  value === undefined
    ? '–'
    : value >= 10_000
      ? `${(value / 1000).toFixed(1)} ms`
      : `${value.toFixed(value < 10 ? 3 : 1)} µs`;

const groups: readonly (() => Promise<readonly Row[]>)[] = [
  benchTinySerial,
  benchTinyAccuracy,
  benchLoadgen,
  benchStatistics,
  benchReport,
  benchDaemon,
];
const rows: Row[] = [];
for (const group of groups) {
  process.stderr.write(`bench: ${group.name}\n`);
  rows.push(...(await group()));
}
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ node: process.version, rows }, undefined, 2)}\n`);
} else {
  const table = formatTable(
    [
      { title: 'what', cell: (row: Row) => row.name },
      { title: 'median', align: 'right', cell: (row: Row) => micro(row.medianUs) },
      { title: 'reference', align: 'right', cell: (row: Row) => micro(row.referenceMedianUs) },
      { title: 'ratio', align: 'right', cell: (row: Row) => row.ratio?.toFixed(2) ?? '–' },
      { title: 'note', cell: (row: Row) => row.note ?? '' },
    ],
    rows,
  );
  process.stdout.write(`${table}\n`);
}
