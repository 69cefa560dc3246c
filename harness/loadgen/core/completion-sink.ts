import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { AnswerDetails, CompletionSink } from '../load-target.ts';
import { completeQuery, failQuery, loseQuery } from './end-queries.ts';
import type { Heard, LoadState } from './load-state.ts';
import { fillSpan, queryState, slotOf, type QueryRing } from './query-ring.ts';
import { addRows, recordEvent } from './record-rows.ts';

/** Whether the number was given to a query that was issued. */
function wasIssued(ring: QueryRing, { queryId, slot }: Readonly<Heard>): boolean {
  if (!Number.isInteger(queryId) || queryId < 0 || queryId >= ring.nextId) return false;
  return slot < 0 || ring.state[slot] !== queryState.inLine;
}

/** A completion of a query that is not outstanding. */
function recordStray(load: LoadState, heard: Readonly<Heard>): void {
  const { ring } = load;
  const { queryId, slot, atNs } = heard;
  const lostScheduledAtNs = ring.lost.get(queryId);
  if (lostScheduledAtNs !== undefined) {
    ring.lost.delete(queryId);
    load.failedInRowCount = 0;
    const instant = { scheduledAtNs: lostScheduledAtNs, latencyNs: atNs - lostScheduledAtNs };
    recordEvent(load, { queryId, kind: 'late' }, instant);
    return;
  }
  const isDuplicate = wasIssued(ring, heard);
  const scheduledAtNs = isDuplicate && slot >= 0 ? (ring.scheduledAtNs[slot] ?? 0) : atNs;
  const latencyNs = isDuplicate && slot >= 0 ? atNs - scheduledAtNs : Number.NaN;
  const kind = isDuplicate ? 'duplicate' : 'unknown';
  recordEvent(load, { queryId, kind }, { scheduledAtNs, latencyNs });
}

/** The completion's deadline had come: its query is lost, given up by `poll` before or not. */
function recordLate(load: LoadState, heard: Readonly<Heard>): void {
  loseQuery(load, heard);
  recordStray(load, heard);
}

/** Whether an issued query's answer came in time; if not, or if its stamp cannot be true, it is recorded as that. */
function isInTime(load: LoadState, heard: Readonly<Heard>): boolean {
  const { ring } = load;
  const { queryId, slot, atNs } = heard;
  // Also refuses NaN. Such a completion tells nothing of its query, which stays outstanding until its deadline.
  if (!(atNs >= (ring.issuedAtNs[slot] ?? 0))) {
    const instant = { scheduledAtNs: ring.scheduledAtNs[slot] ?? 0, latencyNs: Number.NaN };
    recordEvent(load, { queryId, kind: 'unknown' }, instant);
    return false;
  }
  if (atNs - (ring.deadlineFromNs[slot] ?? 0) < load.deadlineNs) return true;
  recordLate(load, heard);
  return false;
}

/** The reused object, filled. */
function hear(load: LoadState, queryId: number, atNs: number): Heard {
  const { heard } = load;
  heard.queryId = queryId;
  heard.atNs = atNs;
  heard.slot = slotOf(load.ring, queryId);
  return heard;
}

function isOutstanding({ ring }: LoadState, { slot }: Readonly<Heard>): boolean {
  return slot >= 0 && ring.state[slot] === queryState.issued;
}

function completeOne(load: LoadState, heard: Readonly<Heard>, details?: AnswerDetails): void {
  if (!isOutstanding(load, heard)) recordStray(load, heard);
  else if (isInTime(load, heard)) completeQuery(load, heard, details);
}

/** What a target says of consecutive queries. */
interface RangeCompletion {
  readonly firstId: number;
  readonly count: number;
  readonly atNs: number;
}

function areIssued(ring: QueryRing, { firstId, count }: RangeCompletion): boolean {
  const { state, mask } = ring;
  for (let index = 0; index < count; index += 1)
    if (state[(firstId + index) & mask] !== queryState.issued) return false;
  return true;
}

/** Whether the range is of one instant in every respect: offline, every query open, none late. */
function isPlainRange(load: LoadState, range: RangeCompletion): boolean {
  const { ring } = load;
  const { firstId, count, atNs } = range;
  if (load.options.scenario !== 'offline') return false;
  const firstSlot = slotOf(ring, firstId);
  const lastSlot = slotOf(ring, firstId + count - 1);
  if (firstSlot < 0 || firstSlot > ring.mask || lastSlot < 0) return false;
  // Issue instants ascend: the last was issued before, the first is in time.
  if (!(atNs >= (ring.issuedAtNs[lastSlot] ?? 0))) return false;
  if (atNs - (ring.issuedAtNs[firstSlot] ?? 0) >= load.deadlineNs) return false;
  return areIssued(ring, range);
}

function completePlainRange(load: LoadState, range: RangeCompletion): void {
  const { ring, row, tally } = load;
  const { count, atNs } = range;
  fillSpan(ring, range, (from, to) => ring.state.fill(queryState.ended, from, to));
  ring.issuedCount -= count;
  const latencyNs = atNs - load.startedAtNs;
  row.scheduledAtNs = load.startedAtNs;
  row.issueDelayNs = 0;
  row.latencyNs = latencyNs;
  row.status = rowStatus.completed;
  tally.completedCount += count;
  tally.timedNs += latencyNs * count;
  if (atNs > load.lastCompletedAtNs) load.lastCompletedAtNs = atNs;
  if (latencyNs > load.overLimitNs) tally.overLimitCount += count;
  addRows(load, count);
}

function completeMany(load: LoadState, range: RangeCompletion): void {
  const { firstId, count, atNs } = range;
  // More than can be outstanding was never issued together: one event, whatever number is claimed.
  if (!(count >= 1 && count <= load.ring.mask + 1)) {
    recordEvent(
      load,
      { queryId: firstId, kind: 'unknown' },
      { scheduledAtNs: atNs, latencyNs: Number.NaN },
    );
    return;
  }
  if (isPlainRange(load, range)) {
    completePlainRange(load, range);
    return;
  }
  for (let index = 0; index < count; index += 1)
    completeOne(load, hear(load, firstId + index, atNs));
}

function failOne(load: LoadState, heard: Readonly<Heard>, error: unknown): void {
  const deadlineFromNs = load.ring.deadlineFromNs[heard.slot] ?? 0;
  if (load.ring.lost.has(heard.queryId)) return;
  if (!isOutstanding(load, heard)) recordStray(load, heard);
  else if (heard.atNs - deadlineFromNs >= load.deadlineNs) loseQuery(load, heard);
  else failQuery(load, heard, error);
}

/**
 * Hears the target. Classes of what it says:
 *
 * - of an outstanding query, before its deadline: completed, or failed;
 * - at its deadline or after, whether or not `poll` has given it up yet: the query is lost, the completion late;
 * - of a lost query: late, once, when it is a completion; a failure adds nothing to the loss and is not recorded;
 * - of one that ended otherwise, or a second time: duplicate. The last 65 536 lost
 *   queries are remembered; a completion of an older one counts as duplicate;
 * - of a number never issued, or no number: unknown;
 * - stamped before its issue, or with NaN: unknown, and the query stays outstanding. A failure counts whatever its
 *   stamp says, since only the latency needs one.
 *
 * After the end of the load nothing is heard any more.
 */
export function completionSink(load: LoadState): CompletionSink {
  const { onWake } = load.options;
  const wake = (): void => {
    if (load.isPolling) return;
    load.isWoken = true;
    onWake?.();
  };
  return {
    complete: (queryId, atNs, details) => {
      if (load.phase === 'ended') return;
      completeOne(load, hear(load, queryId, atNs), details);
      wake();
    },
    completeRange: (firstId, count, atNs) => {
      if (load.phase === 'ended') return;
      completeMany(load, { firstId, count, atNs });
      wake();
    },
    fail: (queryId, atNs, error) => {
      if (load.phase === 'ended') return;
      failOne(load, hear(load, queryId, atNs), error);
      wake();
    },
  };
}
