import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { earlyStoppingWatch, type EarlyStoppingWatch } from './early-stopping-watch.ts';
import { loseLine } from './end-queries.ts';
import { handOver, mayOffer } from './hand-over.ts';
import { pollNsMax, type LoadMachine } from './load-machine.ts';
import { stopIssuing, type LoadState } from './load-state.ts';
import { enterLine } from './query-ring.ts';

/** Queries handed over in one call: a target that answers inside of it delays the others by its work on these. */
const batchCountMax = 64;

/** A server load between two polls. */
interface Server {
  readonly load: LoadState;
  /** Samples of the queries in line, at their slots; those of the next query lie in its slot to be. */
  readonly lineSamples: Uint32Array;
  /** Views of one buffer for 1 to `batchCountMax` queries: none is made while the load runs. */
  readonly batches: readonly Uint32Array[];
  readonly watch: EarlyStoppingWatch;
  /** When the next query is due, in nanoseconds since the start. */
  nextOffsetNs: number;
  /** Of the last query that was due. */
  lastOffsetNs: number;
  dueCount: number;
  isDrawn: boolean;
}

/** Draws the next query; the schedule goes on from the load's start, whatever the target does. */
function drawNext(server: Server): void {
  const { load, lineSamples } = server;
  const { source } = load.options;
  const at = (load.ring.nextId & load.ring.mask) * source.samplesPerQuery;
  server.nextOffsetNs = source.next(lineSamples, at);
  server.isDrawn = true;
  if (server.nextOffsetNs < 0) stopIssuing(load, 'complete');
}

function isEnough(server: Server): boolean {
  const { load, watch, dueCount, lastOffsetNs } = server;
  const { minDurationMs, minQueryCount, countMultiple = 1 } = load.options.limits;
  return (
    dueCount >= minQueryCount &&
    lastOffsetNs >= minDurationMs * 1e6 &&
    dueCount > 0 &&
    dueCount % countMultiple === 0 &&
    watch.isSettled(load.tally)
  );
}

/** Puts what is due in line, as long as the load may grow. */
function enterDue(server: Server, nowNs: number): void {
  const { load } = server;
  const { ring, tally, startedAtNs } = load;
  const { outstandingCountMax } = load.options.limits;
  const lineEndId = ring.nextId + batchCountMax;
  while (load.phase === 'running' && ring.nextId < lineEndId) {
    if (isEnough(server)) stopIssuing(load, 'complete');
    else if (!server.isDrawn) drawNext(server);
    else if (startedAtNs + server.nextOffsetNs > nowNs) return;
    else if (ring.issuedCount + ring.nextId - ring.lineHeadId >= outstandingCountMax)
      stopIssuing(load, 'overloaded');
    else {
      const scheduledAtNs = startedAtNs + server.nextOffsetNs;
      enterLine(ring, scheduledAtNs);
      server.lastOffsetNs = server.nextOffsetNs;
      server.dueCount += 1;
      server.isDrawn = false;
      tally.lastScheduledAtNs = scheduledAtNs;
    }
  }
}

/** Offers the head of the line. @returns whether all of the offer was taken */
function offerLine(server: Server, issuedAtNs: number): boolean {
  const { load, lineSamples, batches } = server;
  const { ring, offer } = load;
  const samplesPerQuery = load.options.source.samplesPerQuery;
  const count = Math.min(batchCountMax, ring.nextId - ring.lineHeadId);
  const batch = assertDefined(batches[count - 1], 'a batch of 1 to batchCountMax');
  for (let index = 0; index < count; index += 1) {
    const from = ((ring.lineHeadId + index) & ring.mask) * samplesPerQuery;
    for (let sample = 0; sample < samplesPerQuery; sample += 1)
      batch[index * samplesPerQuery + sample] = lineSamples[from + sample] ?? 0;
  }
  offer.firstQueryId = ring.lineHeadId;
  offer.queryCount = count;
  offer.samples = batch;
  return handOver(load, issuedAtNs) === count;
}

function passCeiling(load: LoadState): void {
  stopIssuing(load, 'max-duration');
  loseLine(load);
}

function advance(server: Server, nowNs: number, isWoken: boolean): void {
  const { load } = server;
  const { ring, options } = load;
  let isTaken = mayOffer(load, isWoken);
  if (nowNs >= load.endAtNs) passCeiling(load);
  for (;;) {
    const nextId = ring.nextId;
    enterDue(server, nowNs);
    if (isTaken && ring.lineHeadId < ring.nextId) {
      const issuedAtNs = options.clock.nowNs();
      load.latestNs = issuedAtNs;
      if (issuedAtNs >= load.endAtNs) {
        passCeiling(load);
        return;
      }
      isTaken = offerLine(server, issuedAtNs);
      if (issuedAtNs - nowNs >= pollNsMax) {
        load.isWoken = true;
        return;
      }
    } else if (ring.nextId === nextId) return;
  }
}

/**
 * Server: queries are due at the source's instants, latency and deadline count from there. What the target does not take
 * waits in line; the schedule never waits. Ends when the last query due lies at the minimum duration or behind it, the
 * count is there in whole passes and early stopping is settled, and every query has ended. Queries due before that are
 * offered while the load drains. Ends as failed when for 5 s nothing but failures was heard; after the ceiling of time none is, and what is in line is lost.
 */
export function serverMachine(load: LoadState): LoadMachine {
  const { source, limits } = load.options;
  assert(limits.outstandingCountMax >= 1, 'a server load has at least one query outstanding');
  const buffer = new Uint32Array(batchCountMax * source.samplesPerQuery);
  const server: Server = {
    load,
    lineSamples: new Uint32Array((load.ring.mask + 1) * source.samplesPerQuery),
    batches: Array.from({ length: batchCountMax }, (_, index) =>
      buffer.subarray(0, (index + 1) * source.samplesPerQuery),
    ),
    watch: earlyStoppingWatch(limits.percentile),
    nextOffsetNs: Number.NaN,
    lastOffsetNs: 0,
    dueCount: 0,
    isDrawn: false,
  };
  return {
    advance: (nowNs, isWoken) => advance(server, nowNs, isWoken),
    dueAtNs: () => {
      const { ring, phase, endAtNs, startedAtNs, retryAtNs } = load;
      const isWaiting = ring.lineHeadId < ring.nextId;
      let dueAtNs = phase === 'running' || isWaiting ? endAtNs : Number.POSITIVE_INFINITY;
      if (phase === 'running' && server.isDrawn)
        dueAtNs = Math.min(dueAtNs, startedAtNs + server.nextOffsetNs);
      return isWaiting ? Math.min(dueAtNs, retryAtNs) : dueAtNs;
    },
  };
}
