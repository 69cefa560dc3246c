import { assert } from '#harness/kernel/assert.ts';

import type { QueryBlock, QueryLog } from '../raw/query-blocks.ts';
import { queryBlockRowCount } from '../raw/query-log-file.ts';
import { rowStatus } from '../raw/query-row.ts';

/** One quantity of recorded queries, of any number: writes those of `count` queries from `first` on. NaN: none. */
export type RecordedColumn = (first: number, count: number, into: Float64Array) => void;

/** What somebody recorded of a load, in nanoseconds and in the order of issue. */
export interface RecordedQueries {
  readonly queryCount: number;
  readonly latencyNs: RecordedColumn;
  /** From which the latency counts: schedule (server), issue (streams); absent: as the scenario has it. */
  readonly countedFromNs?: RecordedColumn;
  readonly issueDelayNs?: RecordedColumn;
  /** Since the instant from which the latency counts. */
  readonly firstTokenNs?: RecordedColumn;
  readonly tokenCount?: RecordedColumn;
}

/** Scheduled instants from 0 on, made one by one. */
export type Schedule = () => () => number;

/** Where the latencies of queries without an own instant count from. */
export type DefaultInstants =
  | { readonly kind: 'load-start' }
  /** Each query was issued when the one before it completed. */
  | { readonly kind: 'back-to-back' }
  | { readonly kind: 'schedule'; readonly schedule: Schedule };

/** Fills instants block by block; a new one for each scan. */
function instantFiller(
  instants: DefaultInstants,
): (latencyNs: Float64Array, count: number, into: Float64Array) => void {
  if (instants.kind === 'load-start') return (_latencyNs, count, into) => into.fill(0, 0, count);
  if (instants.kind === 'schedule') {
    const next = instants.schedule();
    return (_latencyNs, count, into) => {
      for (let row = 0; row < count; row += 1) into[row] = next();
    };
  }
  let atNs = 0;
  return (latencyNs, count, into) => {
    for (let row = 0; row < count; row += 1) {
      const tookNs = latencyNs[row] ?? 0;
      into[row] = atNs;
      if (!Number.isNaN(tookNs)) atNs += tookNs;
    }
  };
}

function tokenColumns(queries: RecordedQueries, size: number): Partial<QueryBlock> {
  if (queries.firstTokenNs === undefined && queries.tokenCount === undefined) return {};
  return {
    firstTokenNs: new Float64Array(size).fill(Number.NaN),
    tokenCount: new Uint32Array(size),
  };
}

function fillTokens(
  queries: RecordedQueries,
  block: Partial<QueryBlock>,
  place: { readonly first: number; readonly count: number; readonly scratch: Float64Array },
): void {
  const { first, count, scratch } = place;
  if (block.firstTokenNs !== undefined) queries.firstTokenNs?.(first, count, block.firstTokenNs);
  if (block.tokenCount === undefined || queries.tokenCount === undefined) return;
  queries.tokenCount(first, count, scratch);
  for (let row = 0; row < count; row += 1) {
    const tokens = scratch[row] ?? Number.NaN;
    block.tokenCount[row] = Number.isNaN(tokens) ? 0 : tokens;
  }
}

/** Recorded queries as a query log: one without a latency is a lost one. Nothing is held but one block. */
export function recordedLog(queries: RecordedQueries, instants: DefaultInstants): QueryLog {
  const { queryCount } = queries;
  assert(Number.isSafeInteger(queryCount) && queryCount >= 0, 'a whole number of queries');
  const scan: QueryLog['scan'] = (visit) => {
    const size = Math.min(queryCount, queryBlockRowCount);
    const column = (): Float64Array => new Float64Array(size);
    const [scheduledAtNs, issueDelayNs, latencyNs, scratch] = [
      column(),
      column(),
      column(),
      column(),
    ];
    const status = new Uint8Array(size);
    const tokens = tokenColumns(queries, size);
    const fillInstants = instantFiller(instants);
    for (let first = 0; first < queryCount; first += size) {
      const count = Math.min(size, queryCount - first);
      queries.latencyNs(first, count, latencyNs);
      queries.issueDelayNs?.(first, count, issueDelayNs);
      if (queries.countedFromNs === undefined) fillInstants(latencyNs, count, scheduledAtNs);
      else queries.countedFromNs(first, count, scheduledAtNs);
      fillTokens(queries, tokens, { first, count, scratch });
      for (let row = 0; row < count; row += 1)
        status[row] = Number.isNaN(latencyNs[row] ?? 0) ? rowStatus.lost : rowStatus.completed;
      visit({ rowCount: count, scheduledAtNs, issueDelayNs, latencyNs, status, ...tokens });
    }
  };
  return { rowCount: queryCount, scan };
}
