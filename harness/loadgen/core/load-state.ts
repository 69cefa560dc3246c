import type { QueryRow } from '#harness/judge/raw/query-row.ts';

import type { LoadEnd } from '../load-end.ts';
import type { IssuedQueries } from '../load-target.ts';
import type { QueryDetails } from '../row-writer.ts';
import type { LoadCoreOptions, LoadTally } from './load-core-options.ts';
import { queryRing, type QueryRing } from './query-ring.ts';

/** Every end but those that carry an error or come from outside. */
export type PlannedEnd = Exclude<LoadEnd['endedBy'], 'query-failed' | 'aborted'>;

/** What stopped the load for good. */
export interface Failure {
  readonly error: unknown;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What a target says of one query. */
export interface Heard {
  queryId: number;
  /** Of the ring; -1 when the query has none any more. */
  slot: number;
  atNs: number;
}

/** One load under way. Objects that are handed to ports are made once and reused. */
export interface LoadState {
  readonly options: LoadCoreOptions;
  readonly ring: QueryRing;
  readonly tally: LoadTally;
  readonly row: Mutable<QueryRow>;
  readonly details: Mutable<QueryDetails>;
  readonly offer: Mutable<IssuedQueries>;
  readonly heard: Heard;
  /** Aborts when the load has ended. */
  readonly over: AbortController;
  readonly deadlineNs: number;
  /** Latencies over it count as over the limit. */
  readonly overLimitNs: number;
  /** Queries wait in a line of their own schedule: rows state the delay, failures do not end the load. */
  readonly isOpenLoop: boolean;
  phase: 'new' | 'running' | 'draining' | 'ended';
  /** What the load ends by once nothing is outstanding. */
  plannedEnd: PlannedEnd;
  failure: Failure | undefined;
  /** The row writer's error: `poll` throws it. */
  broken: Failure | undefined;
  startedAtNs: number;
  /** No query is issued from here on. */
  endAtNs: number;
  /** Latest instant that was told. */
  latestNs: number;
  /** The latest completion. */
  lastCompletedAtNs: number;
  /** Failures since the last completion, in time or late. */
  failedInRowCount: number;
  /** When the first of them was heard, and its error: those after it may only be its consequences. */
  failedInRowSinceNs: number;
  failedInRowError: unknown;
  /** When a target that took nothing is asked again. */
  retryAtNs: number;
  /** Since when it has taken nothing; -1 when it takes. */
  refusedSinceNs: number;
  isPolling: boolean;
  /** Something happened since the last poll. */
  isWoken: boolean;
}

function newTally(): LoadTally {
  return {
    issuedCount: 0,
    completedCount: 0,
    failedCount: 0,
    lostCount: 0,
    lateCount: 0,
    duplicateCount: 0,
    unknownCount: 0,
    overLimitCount: 0,
    timedNs: 0,
    lastScheduledAtNs: 0,
  };
}

/** A load that has not begun; it begins at its first poll. */
export function newLoad(options: LoadCoreOptions): LoadState {
  const { scenario, limits } = options;
  const isStream = scenario === 'single-stream' || scenario === 'multi-stream';
  return {
    options,
    ring: queryRing({
      openCountMax: isStream ? 1 : limits.outstandingCountMax,
      deadlineFrom: scenario === 'offline' ? 'issue' : 'schedule',
    }),
    tally: newTally(),
    // NaN and not 0: the engine keeps these fields as doubles from the start.
    row: { scheduledAtNs: Number.NaN, issueDelayNs: Number.NaN, latencyNs: Number.NaN, status: 0 },
    details: { deviceDurationNs: Number.NaN, firstTokenNs: Number.NaN, tokenCount: 0 },
    offer: { firstQueryId: 0, queryCount: 0, samples: new Uint32Array(0) },
    heard: { queryId: 0, slot: 0, atNs: Number.NaN },
    over: new AbortController(),
    deadlineNs: limits.queryDeadlineMs * 1e6,
    overLimitNs: limits.targetLatencyNs ?? Number.POSITIVE_INFINITY,
    isOpenLoop: scenario === 'server',
    phase: 'new',
    plannedEnd: 'complete',
    failure: undefined,
    broken: undefined,
    startedAtNs: 0,
    endAtNs: Number.POSITIVE_INFINITY,
    latestNs: 0,
    lastCompletedAtNs: 0,
    failedInRowCount: 0,
    failedInRowSinceNs: 0,
    failedInRowError: undefined,
    retryAtNs: 0,
    refusedSinceNs: -1,
    isPolling: false,
    isWoken: false,
  };
}

/** Issues nothing new any more; the first reason stands. */
export function stopIssuing(load: LoadState, plannedEnd: PlannedEnd): void {
  if (load.phase !== 'running') return;
  load.phase = 'draining';
  load.plannedEnd = plannedEnd;
}

/** The load cannot go on; the first error stands. */
export function failLoad(load: LoadState, error: unknown): void {
  load.failure ??= { error };
  if (load.phase === 'running') load.phase = 'draining';
}

/** How the load ended, for a load of which nothing is outstanding. */
export function loadEnd(load: LoadState): LoadEnd {
  const doneCount = load.tally.completedCount;
  if (load.failure !== undefined)
    return { endedBy: 'query-failed', doneCount, error: load.failure.error };
  return { endedBy: load.plannedEnd, doneCount };
}
