import { formatTable, type TableColumn } from '#harness/kernel/format/table.ts';

import type { RunSummary } from '../records/job-record.ts';

/** Stands where nothing was measured. */
const absent = '–';

/** Three or four significant digits, without an exponent in the range of a bench. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return absent;
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 9));
}

function orAbsent(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? absent : format(value);
}

const milliseconds = (ns: number): string => digits(ns / 1e6);

/** A word for the cell: the verdict once the run has ended, else where it stands. */
function verdictWord(run: RunSummary): string {
  if (run.outcome === 'open') return `(${run.phase})`;
  return run.error === null ? run.verdict : `${run.verdict} ${run.error.code}`;
}

const columns: readonly TableColumn<RunSummary>[] = [
  { title: 'run', cell: ({ runId }) => runId },
  { title: 'suite', cell: ({ suiteId }) => suiteId },
  { title: 'board', cell: ({ boardId }) => boardId },
  { title: 'scenario', cell: ({ scenario }) => scenario },
  {
    title: 'accuracy',
    align: 'right',
    cell: ({ results }) =>
      orAbsent(results?.accuracy?.value, (value) => `${(value * 100).toFixed(1)} %`),
  },
  {
    title: 'p50 ms',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.latency?.p50Ns, milliseconds),
  },
  {
    title: 'p90 ms',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.latency?.p90Ns, milliseconds),
  },
  {
    title: 'p99 ms',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.latency?.p99Ns, milliseconds),
  },
  {
    title: 'inf/s',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.throughput?.samplesPerSecond, digits),
  },
  {
    title: 'µJ/inf',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.energy?.microjoulesPerInference, digits),
  },
  { title: 'verdict', cell: verdictWord },
];

/**
 * Runs with what they measured, for a terminal: accuracy, latency percentiles in milliseconds, inferences per second,
 * microjoules per inference, verdict. Pure.
 */
export function resultsTable(runs: readonly RunSummary[]): string {
  return formatTable(columns, runs);
}
