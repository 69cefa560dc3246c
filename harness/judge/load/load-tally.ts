import type { QueryBlock } from '../raw/query-blocks.ts';
import { rowStatus } from '../raw/query-row.ts';

/** What one look at the rows of a load counts; `add` changes it. */
export interface LoadTally {
  /** Rows by their status, in the order of `rowStatus`. */
  readonly statusCounts: Float64Array;
  firstScheduledAtNs: number;
  lastScheduledAtNs: number;
  /** Completion of the query that was scheduled last, on the run clock; NaN when it has none. */
  lastIssuedCompletedAtNs: number;
  /** Completed, and over the limit. */
  slowCount: number;
  /** Longest time from its issue that a late completion took; 0 when there is none. */
  lateDelayNsMax: number;
}

/** A tally of no rows. */
export function newLoadTally(): LoadTally {
  return {
    statusCounts: new Float64Array(6),
    firstScheduledAtNs: Number.POSITIVE_INFINITY,
    lastScheduledAtNs: Number.NEGATIVE_INFINITY,
    lastIssuedCompletedAtNs: Number.NaN,
    slowCount: 0,
    lateDelayNsMax: 0,
  };
}

/** Of queries that are scheduled at one instant the one that completes last counts as the last. */
function seeScheduled(tally: LoadTally, scheduledAtNs: number, completedAtNs: number): void {
  if (scheduledAtNs < tally.firstScheduledAtNs) tally.firstScheduledAtNs = scheduledAtNs;
  if (scheduledAtNs < tally.lastScheduledAtNs) return;
  const isLater = scheduledAtNs > tally.lastScheduledAtNs;
  tally.lastScheduledAtNs = scheduledAtNs;
  const known = tally.lastIssuedCompletedAtNs;
  if (isLater || Number.isNaN(known) || completedAtNs > known)
    tally.lastIssuedCompletedAtNs = completedAtNs;
}

/** A query that completed late, or a completion beside another: it counts as nothing but its status. */
function seeEvent(tally: LoadTally, block: QueryBlock, row: number): void {
  if (block.status[row] !== rowStatus.late) return;
  const delayNs = (block.latencyNs[row] ?? 0) - (block.issueDelayNs[row] ?? 0);
  if (delayNs > tally.lateDelayNsMax) tally.lateDelayNsMax = delayNs;
}

/** Counts the rows of a block. @param limitNs - a latency over it is slow */
export function addToTally(tally: LoadTally, block: QueryBlock, limitNs: number): void {
  const { scheduledAtNs, latencyNs, status, rowCount } = block;
  for (let row = 0; row < rowCount; row += 1) {
    const state = status[row] ?? 0;
    tally.statusCounts[state] = (tally.statusCounts[state] ?? 0) + 1;
    if (state > rowStatus.lost) {
      seeEvent(tally, block, row);
      continue;
    }
    const scheduledNs = scheduledAtNs[row] ?? 0;
    const tookNs = state === rowStatus.completed ? (latencyNs[row] ?? 0) : Number.NaN;
    seeScheduled(tally, scheduledNs, scheduledNs + tookNs);
    if (tookNs > limitNs) tally.slowCount += 1;
  }
}
