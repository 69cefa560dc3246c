import { labError } from '#harness/contracts/error-catalogue.ts';

import { handOver, mayOffer } from './hand-over.ts';
import { pollNsMax, pollQueryCountMax, type LoadMachine } from './load-machine.ts';
import { failLoad, stopIssuing, type LoadState } from './load-state.ts';
import { dropLine, fillSpan, oldestOpen, queryState } from './query-ring.ts';

const batchCountMax = 65_536;
/** What a target that takes little is offered at once; twice what it took last, if that is more. */
const offerCountMin = 64;

/** An offline load between two polls. */
interface Offline {
  readonly load: LoadState;
  readonly samples: Uint32Array;
  /** Number of the query whose sample is the first of `samples`. */
  firstId: number;
  offerCountMax: number;
  isExhausted: boolean;
}

/** How many samples more there shall be by their count alone; 0 when it is reached. */
function missingCount(load: LoadState): number {
  const { minQueryCount, countMultiple = 1 } = load.options.limits;
  const { issuedCount } = load.tally;
  const goal = Math.max(minQueryCount, issuedCount);
  return Math.ceil(goal / countMultiple) * countMultiple - issuedCount;
}

/** How many samples may be drawn: what fits, and what is wanted. */
function roomCount(offline: Offline, wantedCount: number): number {
  const { load, samples } = offline;
  const { ring } = load;
  const oldestId = oldestOpen(ring);
  const spanCount = oldestId < 0 ? 0 : ring.nextId - oldestId;
  const fitCount = Math.min(
    load.options.limits.outstandingCountMax - ring.issuedCount,
    ring.mask + 1 - spanCount,
  );
  return Math.max(0, Math.min(samples.length, fitCount, wantedCount));
}

/** Draws samples into an empty line. */
function fillLine(offline: Offline, wantedCount: number): void {
  const { load, samples } = offline;
  const { ring, options } = load;
  const { source } = options;
  const count = roomCount(offline, wantedCount);
  let drawnCount = 0;
  while (drawnCount < count && source.next(samples, drawnCount) >= 0) drawnCount += 1;
  offline.isExhausted = drawnCount < count;
  offline.firstId = ring.nextId;
  fillSpan(ring, { firstId: ring.nextId, count: drawnCount }, (from, to) => {
    ring.state.fill(queryState.inLine, from, to);
    ring.scheduledAtNs.fill(load.startedAtNs, from, to);
  });
  ring.nextId += drawnCount;
}

/** Offers the head of the line, whose length is not 0. @returns whether all of the offer was taken */
function offerLine(offline: Offline, issuedAtNs: number, wantedCount: number): boolean {
  const { load, samples } = offline;
  const { ring, offer } = load;
  const count = Math.min(ring.nextId - ring.lineHeadId, offline.offerCountMax, wantedCount);
  const from = ring.lineHeadId - offline.firstId;
  offer.firstQueryId = ring.lineHeadId;
  offer.queryCount = count;
  offer.samples =
    from === 0 && count === samples.length ? samples : samples.subarray(from, from + count);
  const takenCount = handOver(load, issuedAtNs);
  const isAll = takenCount === count;
  offline.offerCountMax = Math.min(
    batchCountMax,
    isAll ? 2 * offline.offerCountMax : Math.max(offerCountMin, 2 * takenCount),
  );
  return isAll;
}

/** A target that takes nothing while nothing is outstanding would hold the load for ever. */
function checkRefusal(load: LoadState): void {
  if (load.refusedSinceNs < 0 || load.ring.issuedCount > 0) return;
  if (load.latestNs - load.refusedSinceNs < load.deadlineNs) return;
  const queryId = load.ring.lineHeadId;
  const details = { queryId, waitedMs: load.options.limits.queryDeadlineMs };
  failLoad(load, labError('dut/timeout', `query ${queryId} was not taken in time`, { details }));
}

/**
 * How many samples more are wanted. A load is as long as its largest latency says, so the time alone is not enough:
 * the last completion may have come just before it.
 *
 * @returns 0 when the load is complete; -1 when what is outstanding will tell
 */
function wantedCountAt(load: LoadState, nowNs: number): number {
  const { minDurationMs, countMultiple = 1 } = load.options.limits;
  const enoughAtNs = load.startedAtNs + minDurationMs * 1e6;
  if (nowNs < enoughAtNs) return batchCountMax;
  const missing = missingCount(load);
  if (missing > 0 || load.lastCompletedAtNs >= enoughAtNs) return missing;
  return load.ring.issuedCount > 0 ? -1 : countMultiple;
}

/** One batch. @returns whether there may be another at once */
function handBatch(offline: Offline): boolean {
  const { load } = offline;
  const { ring, options } = load;
  const issuedAtNs = options.clock.nowNs();
  load.latestNs = issuedAtNs;
  const wantedCount = wantedCountAt(load, issuedAtNs);
  if (wantedCount === 0) stopIssuing(load, 'complete');
  else if (issuedAtNs >= load.endAtNs) stopIssuing(load, 'max-duration');
  if (load.phase !== 'running' || wantedCount < 0) return false;
  if (ring.lineHeadId === ring.nextId && !offline.isExhausted) fillLine(offline, wantedCount);
  if (ring.lineHeadId === ring.nextId) {
    if (offline.isExhausted) stopIssuing(load, 'complete');
    return false;
  }
  const isAll = offerLine(offline, issuedAtNs, wantedCount);
  checkRefusal(load);
  return isAll && load.phase === 'running';
}

/**
 * Offline: samples as fast as the target takes them; each counts as a query whose latency counts from the load's start.
 * Ends when a sample has completed at the minimum duration or after it, the count is there, in whole passes, and every
 * sample has ended; when a sample fails or is
 * lost; at the ceiling of time.
 */
export function offlineMachine(load: LoadState): LoadMachine {
  const { outstandingCountMax } = load.options.limits;
  const offline: Offline = {
    load,
    samples: new Uint32Array(Math.min(batchCountMax, Math.max(1, outstandingCountMax))),
    firstId: 0,
    offerCountMax: 1024,
    isExhausted: false,
  };
  return {
    advance: (nowNs, isWoken) => {
      let drawnCount = 0;
      if (load.phase === 'running' && mayOffer(load, isWoken)) {
        while (handBatch(offline)) {
          drawnCount += load.offer.queryCount;
          if (load.latestNs - nowNs < pollNsMax && drawnCount < 16 * pollQueryCountMax) continue;
          load.isWoken = true;
          break;
        }
      }
      if (load.phase !== 'running') dropLine(load.ring);
    },
    dueAtNs: () => {
      const isRefused = load.phase === 'running' && load.refusedSinceNs >= 0;
      return isRefused ? load.retryAtNs : Number.POSITIVE_INFINITY;
    },
  };
}
