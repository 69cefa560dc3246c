import { labError } from '#harness/contracts/error-catalogue.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { AnswerDetails } from '../load-target.ts';
import { failLoad, stopIssuing, type Heard, type LoadState } from './load-state.ts';
import { endQuery, oldestOpen, queryState, rememberLost, slotOf } from './query-ring.ts';
import { addRow, rowDetails } from './record-rows.ts';
import { tellTrouble } from './tell-trouble.ts';

/** An open query and its slot. */
export interface OpenQuery {
  readonly queryId: number;
  readonly slot: number;
}

function afterEnd(load: LoadState): void {
  const { isDecided } = load.options;
  if (load.isOpenLoop && isDecided !== undefined && load.phase === 'running') {
    if (isDecided(load.tally)) stopIssuing(load, 'decided');
  }
}

function fillRow(load: LoadState, slot: number, issuedAtNs: number): void {
  const { ring, row } = load;
  const scheduledAtNs = ring.scheduledAtNs[slot] ?? 0;
  row.scheduledAtNs = scheduledAtNs;
  row.issueDelayNs = load.isOpenLoop ? Math.max(0, issuedAtNs - scheduledAtNs) : 0;
}

/** An issued query completed in time. No allocation. */
export function completeQuery(
  load: LoadState,
  { queryId, slot, atNs }: Readonly<Heard>,
  details: AnswerDetails | undefined,
): void {
  const { ring, row, tally } = load;
  fillRow(load, slot, ring.issuedAtNs[slot] ?? 0);
  endQuery(ring, queryId, slot);
  const { scheduledAtNs } = row;
  const latencyNs = atNs - scheduledAtNs;
  row.latencyNs = latencyNs;
  row.status = rowStatus.completed;
  tally.completedCount += 1;
  tally.timedNs += latencyNs;
  load.failedInRowCount = 0;
  if (atNs > load.lastCompletedAtNs) load.lastCompletedAtNs = atNs;
  if (latencyNs > load.overLimitNs) tally.overLimitCount += 1;
  addRow(load, details === undefined ? undefined : rowDetails(load, details, scheduledAtNs));
  afterEnd(load);
}

function endWithoutAnswer(load: LoadState, query: OpenQuery, status: number): void {
  const { ring, row, tally } = load;
  const { queryId, slot } = query;
  // A query given up in line counts as issued when it was given up: it has its row like any other.
  const isIssued = ring.state[slot] === queryState.issued;
  if (!isIssued) {
    tally.issuedCount += 1;
    ring.lineHeadId = Math.max(ring.lineHeadId, queryId + 1);
  }
  fillRow(load, slot, isIssued ? (ring.issuedAtNs[slot] ?? 0) : load.latestNs);
  endQuery(ring, queryId, slot);
  row.latencyNs = Number.NaN;
  row.status = status;
  tally.overLimitCount += 1;
  addRow(load);
}

/** A server load goes on while single queries fail; with so many in a row … */
const goneCountMin = 10;
/** … for so long, and no completion between them, the device is gone and will not come back. */
const goneNs = 5e9;

/** Ends a server load whose device is gone: an hour of failures says no more than five seconds of them. */
function noteFailure(load: LoadState, error: unknown): void {
  if (load.failedInRowCount === 0) {
    load.failedInRowSinceNs = load.latestNs;
    load.failedInRowError = error;
  }
  load.failedInRowCount += 1;
  const isLong = load.latestNs - load.failedInRowSinceNs >= goneNs;
  if (isLong && load.failedInRowCount >= goneCountMin) failLoad(load, load.failedInRowError);
}

/** The device refused an issued query, or `issue` threw. */
export function failQuery(load: LoadState, query: OpenQuery, error: unknown): void {
  load.tally.failedCount += 1;
  endWithoutAnswer(load, query, rowStatus.failed);
  tellTrouble(load, { queryId: query.queryId, kind: 'failed', error });
  if (load.isOpenLoop) noteFailure(load, error);
  else failLoad(load, error);
  afterEnd(load);
}

/** The query has no completion within its deadline. */
export function loseQuery(load: LoadState, query: OpenQuery): void {
  const { queryId, slot } = query;
  load.tally.lostCount += 1;
  rememberLost(load.ring, queryId, load.ring.scheduledAtNs[slot] ?? 0);
  endWithoutAnswer(load, query, rowStatus.lost);
  tellTrouble(load, { queryId, kind: 'lost' });
  if (!load.isOpenLoop) {
    const details = { queryId, waitedMs: load.options.limits.queryDeadlineMs };
    failLoad(load, labError('dut/timeout', `query ${queryId} had no answer in time`, { details }));
  }
  afterEnd(load);
}

/** Instant of the next deadline; Infinity when none runs. Queries in line have one in the open loop only. */
export function nextDeadlineNs(load: LoadState): number {
  const { ring, isOpenLoop, deadlineNs } = load;
  const queryId = oldestOpen(ring);
  if (queryId < 0) return Number.POSITIVE_INFINITY;
  const slot = slotOf(ring, queryId);
  if (!isOpenLoop && ring.state[slot] !== queryState.issued) return Number.POSITIVE_INFINITY;
  return (ring.deadlineFromNs[slot] ?? 0) + deadlineNs;
}

/** Gives up every query whose deadline has come. */
export function expireQueries(load: LoadState, nowNs: number): void {
  while (nextDeadlineNs(load) <= nowNs) {
    const queryId = oldestOpen(load.ring);
    loseQuery(load, { queryId, slot: slotOf(load.ring, queryId) });
  }
}

/** Gives up what is in line: it will not be issued any more. */
export function loseLine(load: LoadState): void {
  const { ring } = load;
  while (ring.lineHeadId < ring.nextId) {
    const queryId = ring.lineHeadId;
    loseQuery(load, { queryId, slot: slotOf(ring, queryId) });
  }
}
