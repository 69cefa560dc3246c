import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { AnswerDetails } from '../load-target.ts';
import type { QueryDetails } from '../row-writer.ts';
import type { LoadState } from './load-state.ts';
import { tellTrouble } from './tell-trouble.ts';

/** A device that babbles fills no disk: after this many rows of events they are counted only. */
export const eventRowCountMax = 100_000;

const instantMaxNs = 281_474_976_710_655;

/** Completions that fit no open query. */
export type EventKind = 'late' | 'duplicate' | 'unknown';

/** Where an event's row lies in time. */
export interface EventInstant {
  /** Of its query; of the event itself where the query is not known any more. */
  readonly scheduledAtNs: number;
  /** NaN when no latency can be told. */
  readonly latencyNs: number;
}

/** Writes the reused row; an error of the writer ends the load at the next poll instead of ending in the target. */
export function addRow(load: LoadState, details?: QueryDetails): void {
  if (load.broken !== undefined) return;
  try {
    if (details === undefined) load.options.rows.add(load.row);
    else load.options.rows.add(load.row, details);
  } catch (error) {
    load.broken = { error };
  }
}

/** The reused row, many times. */
export function addRows(load: LoadState, rowCount: number): void {
  const { rows } = load.options;
  if (load.broken !== undefined) return;
  try {
    if (rows.addRange !== undefined) rows.addRange(load.row, rowCount);
    else for (let count = 0; count < rowCount; count += 1) rows.add(load.row);
  } catch (error) {
    load.broken = { error };
  }
}

/** A duration that a device told, or NaN when it is none. */
function plausibleNs(durationNs: number | undefined): number {
  return durationNs !== undefined && durationNs >= 0 && durationNs < Number.POSITIVE_INFINITY
    ? durationNs
    : Number.NaN;
}

/** The reused details of an answer. */
export function rowDetails(
  load: LoadState,
  answer: AnswerDetails,
  scheduledAtNs: number,
): QueryDetails {
  const { details } = load;
  const { deviceDurationNs, firstTokenAtNs, tokenCount } = answer;
  details.deviceDurationNs = plausibleNs(deviceDurationNs);
  details.firstTokenNs =
    firstTokenAtNs === undefined ? Number.NaN : plausibleNs(firstTokenAtNs - scheduledAtNs);
  details.tokenCount = tokenCount !== undefined && tokenCount > 0 ? tokenCount : 0;
  return details;
}

function countEvent(load: LoadState, kind: EventKind): void {
  const { tally } = load;
  if (kind === 'late') tally.lateCount += 1;
  else if (kind === 'duplicate') tally.duplicateCount += 1;
  else tally.unknownCount += 1;
}

/** Counts an event and writes its row, while there is room for rows of events. */
export function recordEvent(
  load: LoadState,
  event: { readonly queryId: number; readonly kind: EventKind },
  instant: EventInstant,
): void {
  const { row, tally } = load;
  countEvent(load, event.kind);
  tellTrouble(load, event);
  if (tally.lateCount + tally.duplicateCount + tally.unknownCount > eventRowCountMax) return;
  const { scheduledAtNs, latencyNs } = instant;
  const isInstant = scheduledAtNs >= 0 && scheduledAtNs <= instantMaxNs;
  row.scheduledAtNs = isInstant ? scheduledAtNs : load.latestNs;
  row.issueDelayNs = 0;
  row.latencyNs = latencyNs;
  row.status = rowStatus[event.kind];
  addRow(load);
}
