import { labError } from '#harness/contracts/error-catalogue.ts';
import { earlyStoppingQueryCount } from '#harness/judge/statistics/early-stopping.ts';

import type { LoadTarget } from '../load-target.ts';
import { stageDeadlineMs } from '../stage-deadline.ts';
import { handOver, mayOffer } from './hand-over.ts';
import { pollNsMax, pollQueryCountMax, type LoadMachine } from './load-machine.ts';
import { failLoad, stopIssuing, type Failure, type LoadState } from './load-state.ts';
import { dropLine, enterLine } from './query-ring.ts';

/** A stream between two polls. */
interface Stream {
  readonly load: LoadState;
  /** The current query's samples. */
  readonly samples: Uint32Array;
  /** Completed queries that are enough, and the sum of their latencies. */
  readonly goal: { readonly count: number; readonly timedNs: number; readonly multiple: number };
  step: 'idle' | 'staging' | 'staged' | 'issued';
  /** Run-clock instant of the current step's deadline while staging. */
  stageEndsAtNs: number;
  stageFailure: Failure | undefined;
}

function isEnough({ load, goal }: Stream): boolean {
  const { completedCount, timedNs } = load.tally;
  return (
    completedCount >= goal.count && timedNs >= goal.timedNs && completedCount % goal.multiple === 0
  );
}

function notTaken(stream: Stream, waitedMs: number): Error {
  const queryId = stream.load.tally.issuedCount;
  const sampleIndex = stream.samples[0] ?? 0;
  const message = `query ${queryId}: sample ${sampleIndex} was not taken in time`;
  return labError('dut/timeout', message, { details: { queryId, sampleIndex, waitedMs } });
}

function stage(stream: Stream, stageSamples: NonNullable<LoadTarget['stage']>): void {
  const { load, samples } = stream;
  const settled = (failure: Failure | undefined): void => {
    if (load.phase === 'ended') return;
    stream.stageFailure = failure;
    stream.step = 'staged';
    load.isWoken = true;
    load.options.onWake?.();
  };
  stream.step = 'staging';
  stream.stageEndsAtNs = load.latestNs + stageDeadlineMs * 1e6;
  const staging = (async () => stageSamples(samples, load.over.signal))();
  staging.then(
    () => settled(undefined),
    (error: unknown) => settled({ error }),
  );
}

/** Takes the next query from the order. @returns whether it can be issued at once */
function nextQuery(stream: Stream): boolean {
  const { load, samples } = stream;
  if (isEnough(stream)) stopIssuing(load, 'complete');
  else if (load.latestNs >= load.endAtNs) stopIssuing(load, 'max-duration');
  else if (load.options.source.next(samples, 0) < 0) stopIssuing(load, 'complete');
  else if (load.options.target.stage === undefined) {
    stream.step = 'staged';
    return true;
  } else stage(stream, load.options.target.stage);
  return false;
}

function awaitStage(stream: Stream): void {
  const { load } = stream;
  if (load.latestNs >= stream.stageEndsAtNs) failLoad(load, notTaken(stream, stageDeadlineMs));
}

/** Issues the staged query. @returns whether it was */
function issue(stream: Stream, isWoken: boolean): boolean {
  const { load } = stream;
  const { ring, offer, tally, options } = load;
  if (stream.stageFailure !== undefined) failLoad(load, stream.stageFailure.error);
  if (load.phase !== 'running' || !mayOffer(load, isWoken)) return false;
  const issuedAtNs = options.clock.nowNs();
  load.latestNs = issuedAtNs;
  if (issuedAtNs >= load.endAtNs) {
    stopIssuing(load, 'max-duration');
    return false;
  }
  if (ring.lineHeadId === ring.nextId) enterLine(ring, issuedAtNs);
  // Latency counts from the issue, also when the target took nothing at first.
  ring.scheduledAtNs[ring.lineHeadId & ring.mask] = issuedAtNs;
  offer.firstQueryId = ring.lineHeadId;
  if (handOver(load, issuedAtNs) === 0) {
    const { queryDeadlineMs } = options.limits;
    if (issuedAtNs - load.refusedSinceNs >= load.deadlineNs)
      failLoad(load, notTaken(stream, queryDeadlineMs));
    return false;
  }
  tally.lastScheduledAtNs = issuedAtNs;
  stream.step = 'issued';
  return true;
}

/** One step. @returns whether there is another to be done at once */
function step(stream: Stream, isWoken: boolean): boolean {
  switch (stream.step) {
    case 'idle':
      return nextQuery(stream);
    case 'staging':
      awaitStage(stream);
      return false;
    case 'staged':
      return issue(stream, isWoken);
    case 'issued':
      if (stream.load.ring.issuedCount > 0) return false;
      stream.step = 'idle';
      return true;
  }
}

/**
 * Single and multi stream: the next query when the previous one has ended; staged untimed, where the target stages.
 * Ends when enough completed for the minimum duration (the sum of the latencies), the minimum count, whole passes and
 * early stopping; at a query that fails, is lost or is not taken; at the ceiling of time.
 */
export function streamMachine(load: LoadState): LoadMachine {
  const { limits, source } = load.options;
  const samples = new Uint32Array(source.samplesPerQuery);
  const stream: Stream = {
    load,
    samples,
    goal: {
      count: Math.max(limits.minQueryCount, earlyStoppingQueryCount(limits.percentile)),
      timedNs: limits.minDurationMs * 1e6,
      multiple: limits.countMultiple ?? 1,
    },
    step: 'idle',
    stageEndsAtNs: 0,
    stageFailure: undefined,
  };
  load.offer.samples = samples;
  load.offer.queryCount = 1;
  return {
    advance: (nowNs, isWoken) => {
      let stepCount = 0;
      while (load.phase === 'running' && step(stream, isWoken)) {
        stepCount += 1;
        if (load.latestNs - nowNs < pollNsMax && stepCount < pollQueryCountMax) continue;
        load.isWoken = true;
        return;
      }
      if (load.phase !== 'running') dropLine(load.ring);
    },
    dueAtNs: () => {
      if (stream.step === 'staging') return stream.stageEndsAtNs;
      return stream.step === 'staged' ? load.retryAtNs : Number.POSITIVE_INFINITY;
    },
  };
}
