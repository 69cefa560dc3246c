import { formatTable, type TableColumn } from '#harness/kernel/format/table.ts';

import type { RunSummary } from '../records/job-record.ts';
import type { LatencyResult, Results } from '../records/run-record.ts';
import type { StreamResult } from '../records/stream-record.ts';

/** Stands where nothing was measured. */
const absent = '–';

/** So many significant digits at least, without an exponent in the range of a bench. */
function digits(value: number, significantDigits = 3): string {
  if (!Number.isFinite(value)) return absent;
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(9, Math.max(0, significantDigits - 1 - magnitude)));
}

function orAbsent(value: number | null | undefined, format: (value: number) => string): string {
  return value === undefined || value === null ? absent : format(value);
}

/** Milliseconds with three digits, two below 1 ms. */
function milliseconds(ns: number): string {
  return digits(ns / 1e6, ns >= 1e6 ? 3 : 2);
}

function percentiles(latency: LatencyResult | undefined): string {
  if (latency === undefined) return absent;
  return [latency.p50Ns, latency.p90Ns, latency.p99Ns].map(milliseconds).join('/');
}

/** Tokens per second of the load, or of the answers that came token by token; undefined where no answer told any. */
function tokenRate({ tokens, load }: Results): number | undefined {
  return tokens?.tokensPerSecond ?? load?.tokensPerSecond;
}

/** Peak of a search, what the duty cycle of a stream allows, completed queries of a server, inferences of the others. */
function perSecond({ peak, load, throughput, stream }: Results): number | null | undefined {
  if (peak !== undefined) return peak.peakQps;
  if (stream !== undefined) return stream.dutyCycle?.inferencesPerSecond;
  return load?.completedPerSecond ?? throughput?.samplesPerSecond;
}

/** Words heard, words missed, false detections: `46 TP, 4 FN, 3 FP`. */
function detectionCounts(stream: StreamResult): string {
  const { truePositiveCount, falseNegativeCount, falsePositiveCount } = stream;
  return `${truePositiveCount} TP, ${falseNegativeCount} FN, ${falsePositiveCount} FP`;
}

/** A word for the cell: the verdict once the run has ended, with what an audit decided or a stream heard; else where it stands. */
function verdictWord({ outcome, phase, error, verdict, results }: RunSummary): string {
  if (outcome === 'open') return `(${phase})`;
  if (error !== null) return `${verdict} ${error.code}`;
  const { audit, stream } = results ?? {};
  if (audit !== undefined) return `${verdict} ${audit.audit}: ${audit.decision}`;
  return stream === undefined ? verdict : `${verdict} ${detectionCounts(stream)}`;
}

const columns: readonly TableColumn<RunSummary>[] = [
  { title: 'run', cell: ({ runId }) => runId },
  { title: 'suite', cell: ({ suiteId }) => suiteId },
  { title: 'board', cell: ({ boardId }) => boardId },
  { title: 'scenario', cell: ({ scenario }) => scenario },
  {
    title: 'acc %',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.accuracy?.value, (value) => (value * 100).toFixed(1)),
  },
  {
    title: 'p50/p90/p99 ms',
    align: 'right',
    cell: ({ results }) => percentiles(results?.latency),
  },
  {
    title: 'per s',
    align: 'right',
    cell: ({ results }) => (results === null ? absent : orAbsent(perSecond(results), digits)),
  },
  {
    title: 'µJ/inf',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.energy?.microjoulesPerInference, digits),
  },
  { title: 'verdict', cell: verdictWord },
];

const tokenColumns: readonly TableColumn<RunSummary>[] = [
  { title: 'run', cell: ({ runId }) => runId },
  {
    title: 'tokens per s',
    align: 'right',
    cell: ({ results }) => orAbsent(results === null ? null : tokenRate(results), digits),
  },
  {
    title: 'TTFT p99 ms',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.tokens?.ttft.p99Ns, milliseconds),
  },
  {
    title: 'TPOT p99 ms',
    align: 'right',
    cell: ({ results }) => orAbsent(results?.tokens?.tpot.p99Ns, milliseconds),
  },
];

/**
 * Runs with what they measured, for a terminal: accuracy, latency percentiles in milliseconds, rate per second (the
 * peak of a search, what the duty cycle of a stream allows, completed queries of a server, inferences of the others),
 * microjoules per inference, verdict. Runs that answered in tokens stand again in a second table below, with their
 * tokens per second and P99 of the time to the first and per further token. With the ids of a usual lab it fits into
 * 120 columns. Pure.
 */
export function resultsTable(runs: readonly RunSummary[]): string {
  const table = formatTable(columns, runs);
  const inTokens = runs.filter(
    ({ results }) => results !== null && tokenRate(results) !== undefined,
  );
  return inTokens.length === 0 ? table : `${table}\n\n${formatTable(tokenColumns, inTokens)}`;
}
