import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import type { QueryBlock, QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

import { endOfRowNs, isTerminal, logSpan, outstandingPoints } from './outstanding-count.ts';
import { writeTraceFile, type TraceEvent, type TraceWriter } from './trace-writer.ts';

/** How many queries a trace holds unless told otherwise: about 50 MB, what a browser still opens. */
export const traceQueryCountMax = 200_000;
const counterPointCount = 20_000;

/** What a trace is made of. */
export interface TraceSource {
  readonly record: RunRecord;
  readonly queries?: QueryLog;
  readonly windows?: readonly InferenceWindow[];
}

/** A trace that was written. */
export interface WrittenTrace {
  readonly queryCount: number;
  readonly tracedQueryCount: number;
  /** How the traced queries were chosen, a sentence. */
  readonly selection: string;
}

const pid = 1;
const threads = { phases: 1, windows: 2, queries: 3 } as const;
const statusWords = Object.keys(rowStatus);

/** Microseconds with the nanoseconds behind the point, as the format wants instants. */
const microseconds = (ns: number): number => Math.round(ns) / 1000;

function metadataEvent(name: string, args: Record<string, unknown>, tid?: number): TraceEvent {
  return { ph: 'M', name, pid, ...(tid === undefined ? {} : { tid }), args };
}

function metadata(record: RunRecord, log: boolean): TraceEvent[] {
  const title = `${record.suite.title}, ${record.settings.scenario}, on ${record.board.name}`;
  return [
    metadataEvent('process_name', { name: `run ${record.runId}: ${title}` }),
    metadataEvent('thread_name', { name: 'phases of the run' }, threads.phases),
    metadataEvent('thread_name', { name: 'throughput windows' }, threads.windows),
    ...(log ? [metadataEvent('thread_name', { name: 'queries' }, threads.queries)] : []),
    ...Object.values(threads).map((tid) =>
      metadataEvent('thread_sort_index', { sort_index: tid }, tid),
    ),
  ];
}

function spans(source: TraceSource): TraceEvent[] {
  const phases = source.record.phases.map(({ phase, startedAtNs, endedAtNs }): TraceEvent => ({
    ph: 'X',
    name: phase,
    cat: 'phase',
    ts: microseconds(startedAtNs),
    dur: microseconds(endedAtNs - startedAtNs),
    pid,
    tid: threads.phases,
  }));
  const windows = (source.windows ?? []).map((window, place): TraceEvent => ({
    ph: 'X',
    name: `window ${place + 1}`,
    cat: 'window',
    ts: microseconds(window.startedAtNs),
    dur: microseconds(window.endedAtNs - window.startedAtNs),
    pid,
    tid: threads.windows,
    args: { inferences: window.inferenceCount },
  }));
  return [...phases, ...windows];
}

/** An argument, when there is a value. */
function known(name: string, value: number | undefined): Record<string, number> {
  return value === undefined || Number.isNaN(value) ? {} : { [name]: value };
}

/** What is known of a row, without what it does not have. */
function rowArgs(block: QueryBlock, row: number): Record<string, unknown> {
  return {
    status: statusWords[block.status[row] ?? -1] ?? 'unknown',
    scheduled_ns: block.scheduledAtNs[row],
    issue_delay_ns: block.issueDelayNs[row],
    ...known('latency_ns', block.latencyNs[row]),
    ...known('device_ns', block.deviceDurationNs?.[row]),
    ...known('first_token_ns', block.firstTokenNs?.[row]),
    ...known('tokens', block.tokenCount?.[row] === 0 ? undefined : block.tokenCount?.[row]),
  };
}

/** A query from the instant from which its latency counts to its end, as a pair; an event beside queries as an instant. */
function rowEvents(
  block: QueryBlock,
  row: number,
  context: { readonly number: number; readonly queryDeadlineMs: number },
): TraceEvent[] {
  const args = rowArgs(block, row);
  const endNs = endOfRowNs(block, row, context.queryDeadlineMs);
  const place = { cat: 'query', pid, tid: threads.queries };
  if (!isTerminal(block.status[row])) {
    const name = `${String(args['status'])} completion`;
    return [{ ph: 'i', name, ...place, ts: microseconds(endNs), s: 't', args }];
  }
  const pair = { name: 'query', ...place, id: `0x${context.number.toString(16)}` };
  return [
    { ph: 'b', ...pair, ts: microseconds(block.scheduledAtNs[row] ?? 0), args },
    { ph: 'e', ...pair, ts: microseconds(endNs) },
  ];
}

/** Every `step`-th row of the log, in the order in which queries ended. */
function writeQueries(
  writer: TraceWriter,
  log: QueryLog,
  options: { readonly step: number; readonly queryDeadlineMs: number },
): number {
  const { step, queryDeadlineMs } = options;
  let first = 0;
  let tracedCount = 0;
  log.scan((block) => {
    for (let row = (step - (first % step)) % step; row < block.rowCount; row += step) {
      const events = rowEvents(block, row, { number: first + row + 1, queryDeadlineMs });
      for (const event of events) writer.event(event);
      tracedCount += 1;
    }
    first += block.rowCount;
  });
  return tracedCount;
}

function writeCounter(writer: TraceWriter, log: QueryLog, queryDeadlineMs: number): void {
  const span = logSpan(log, queryDeadlineMs);
  if (span === undefined) return;
  const limits = { pointCount: counterPointCount, queryDeadlineMs };
  for (const { atNs, count } of outstandingPoints(log, span, limits)) {
    const event = {
      name: 'outstanding queries',
      pid,
      tid: threads.queries,
      ts: microseconds(atNs),
    };
    writer.event({ ph: 'C', ...event, args: { count } });
  }
}

/** How many rows are passed over for each that is traced, plus one. */
function stepOf(rowCount: number, queryCountMax: number): number {
  return Math.max(1, Math.ceil(rowCount / queryCountMax));
}

function selectionWords(rowCount: number, step: number): string {
  return step === 1
    ? `all ${rowCount} rows of the query log`
    : `every ${step}th of the ${rowCount} rows of the query log, in the order in which queries ended`;
}

/**
 * Writes a run as a trace of events that Chrome's tracing page and Perfetto open: phases and windows as spans, each
 * query as a pair of begin and end, the number of outstanding queries as a counter. Blocks; reads the query log three
 * times and holds none of it.
 *
 * @param queryCountMax - at least 1: of a longer log evenly spaced rows are traced; the counter counts all of them
 * @throws LabError evidence/unreadable, evidence/disk-full, evidence/write-failed
 * @see Trace Event Format: instants in microseconds
 */
export function writeRunTrace(
  path: string,
  source: TraceSource,
  options: { readonly queryCountMax: number },
): WrittenTrace {
  const { record, queries } = source;
  const { queryDeadlineMs } = record.settings;
  const rowCount = queries?.rowCount ?? 0;
  const step = stepOf(rowCount, options.queryCountMax);
  const selection = selectionWords(rowCount, step);
  const otherData = {
    run: record.runId,
    assay: record.software.assay,
    startedAtUtc: record.clock.startedAtUtc,
    verdict: record.verdict,
    queries: selection,
    counter: `outstanding queries of the whole log, exact at up to ${counterPointCount} evenly spaced instants`,
    evidence: 'not verified: `assay verify` checks the bundle that this was made from',
  };
  let tracedQueryCount = 0;
  writeTraceFile(path, { displayTimeUnit: 'ns', otherData }, (writer) => {
    for (const event of [...metadata(record, queries !== undefined), ...spans(source)])
      writer.event(event);
    if (queries === undefined) return;
    writeCounter(writer, queries, queryDeadlineMs);
    tracedQueryCount = writeQueries(writer, queries, { step, queryDeadlineMs });
  });
  return { queryCount: rowCount, tracedQueryCount, selection };
}
