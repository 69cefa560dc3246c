import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { deadlineWatch, type DeadlineWatch } from './deadline-watch.ts';
import type { LoadEnd, LoadProgress } from './load-end.ts';
import { progressPacer, type ProgressListener } from './progress-pacer.ts';
import type { QueryAnswer, QueryTarget } from './query-target.ts';
import { stageDeadlineMs } from './stage-deadline.ts';

/** A query that ended, as the load saw it. */
export interface QueryOutcome {
  readonly sampleIndex: number;
  readonly issuedAtNs: number;
  /** NaN when no completion came. */
  readonly completedAtNs: number;
  /** In time, refused, or late. */
  readonly ended: 'completed' | 'failed' | 'past-deadline';
  readonly answer?: QueryAnswer;
}

/** What a scenario decides; the loop is the same for all. Each function is called between two queries. */
export interface LoadPolicy {
  /** The sample to issue next; undefined when the load is complete. */
  readonly nextSampleIndex: () => number | undefined;
  /** Called before each issue, so that `onQuery` need not make room. */
  readonly prepare: () => void;
  /** Called for every query that was issued and ended, except when the caller aborted. */
  readonly onQuery: (outcome: QueryOutcome) => void | Promise<void>;
  readonly progress: () => LoadProgress;
}

/** What a load works with. */
export interface LoadContext {
  readonly target: QueryTarget;
  readonly clock: Clock;
  readonly queryDeadlineMs: number;
  /** Ceiling of wall time in milliseconds; no query is issued after it. Absent: as long as the samples last. */
  readonly maxDurationMs?: number;
  readonly onProgress?: ProgressListener;
  readonly signal: AbortSignal;
}

/** A target that does not end at the abort of its signal is left behind after this. */
const abandonAfterMs = 1000;

/** What is under way, so that a stuck query can be recorded from outside of the loop. */
interface Flight {
  sampleIndex: number;
  issuedAtNs: number;
  step: 'none' | 'stage' | 'issue';
  /** True once the loop was left behind: it must not touch anything any more. */
  abandoned: boolean;
  doneCount: number;
}

/** The loop's surroundings. */
interface Loop {
  readonly context: LoadContext;
  readonly policy: LoadPolicy;
  readonly flight: Flight;
  readonly watch: DeadlineWatch;
  /** Aborts with the caller's signal or at a deadline. */
  readonly signal: AbortSignal;
}

function timeoutError(loop: Pick<Loop, 'flight' | 'context'>, cause?: unknown): Error {
  const { sampleIndex, step, doneCount } = loop.flight;
  const waitedMs = step === 'stage' ? stageDeadlineMs : loop.context.queryDeadlineMs;
  const what = step === 'stage' ? 'was not taken' : 'had no answer';
  return labError('dut/timeout', `query ${doneCount}: sample ${sampleIndex} ${what} in time`, {
    details: { sampleIndex, waitedMs },
    ...(cause === undefined ? {} : { cause }),
  });
}

function failedEnd(loop: Loop, error: unknown): LoadEnd {
  const { doneCount } = loop.flight;
  if (loop.context.signal.aborted) return { endedBy: 'aborted', doneCount };
  return { endedBy: 'query-failed', doneCount, error };
}

/** The staged query, timed. Nothing but the two stamps lies between the call and its completion. */
async function timedQuery(loop: Loop): Promise<QueryOutcome> {
  const { context, flight, watch, signal } = loop;
  const { target, clock } = context;
  const { sampleIndex } = flight;
  flight.step = 'issue';
  watch.arm(context.queryDeadlineMs);
  const issuedAtNs = clock.nowNs();
  flight.issuedAtNs = issuedAtNs;
  const answer = await target.issue(sampleIndex, signal);
  const completedAtNs = clock.nowNs();
  watch.disarm();
  const tookNs = completedAtNs - issuedAtNs;
  const late = watch.signal.aborted || tookNs > context.queryDeadlineMs * 1e6;
  const ended = late ? 'past-deadline' : 'completed';
  return { sampleIndex, issuedAtNs, completedAtNs, ended, answer };
}

async function stageSample(loop: Loop): Promise<void> {
  loop.flight.step = 'stage';
  loop.watch.arm(stageDeadlineMs);
  await loop.context.target.stage(loop.flight.sampleIndex, loop.signal);
  loop.watch.disarm();
  loop.signal.throwIfAborted();
}

/** The query that was issued and ended without an answer, for the record. */
function unansweredOutcome(flight: Flight, late: boolean): QueryOutcome {
  const { sampleIndex, issuedAtNs } = flight;
  const ended = late ? 'past-deadline' : 'failed';
  return { sampleIndex, issuedAtNs, completedAtNs: Number.NaN, ended };
}

/** What came of one query: its outcome if it was issued, and the error that ends the load. */
interface Attempt {
  readonly outcome?: QueryOutcome;
  readonly failure?: { readonly error: unknown };
}

async function attemptQuery(loop: Loop): Promise<Attempt> {
  const { flight, watch } = loop;
  try {
    await stageSample(loop);
    if (flight.abandoned) return {};
    loop.policy.prepare();
    const outcome = await timedQuery(loop);
    if (outcome.ended === 'completed') return { outcome };
    return { outcome, failure: { error: timeoutError(loop) } };
  } catch (error) {
    watch.disarm();
    const late = watch.signal.aborted;
    const failure = { error: late ? timeoutError(loop, error) : error };
    if (flight.step !== 'issue' || loop.context.signal.aborted) return { failure };
    return { outcome: unansweredOutcome(flight, late), failure };
  }
}

/** One query from staging to its record. @returns how the load ended by it, or undefined when it goes on */
async function oneQuery(loop: Loop): Promise<LoadEnd | undefined> {
  const { flight, policy } = loop;
  const { outcome, failure } = await attemptQuery(loop);
  if (flight.abandoned) return { endedBy: 'aborted', doneCount: flight.doneCount };
  flight.step = 'none';
  if (outcome !== undefined) await policy.onQuery(outcome);
  if (failure !== undefined) return failedEnd(loop, failure.error);
  flight.doneCount += 1;
  return undefined;
}

async function allQueries(loop: Loop): Promise<LoadEnd> {
  const { context, flight, policy } = loop;
  const { clock, maxDurationMs = Number.POSITIVE_INFINITY } = context;
  const endAtNs = clock.nowNs() + maxDurationMs * 1e6;
  const pace = progressPacer(clock, context.onProgress);
  for (;;) {
    if (context.signal.aborted) return { endedBy: 'aborted', doneCount: flight.doneCount };
    const sampleIndex = policy.nextSampleIndex();
    if (sampleIndex === undefined) return { endedBy: 'complete', doneCount: flight.doneCount };
    if (clock.nowNs() >= endAtNs) return { endedBy: 'max-duration', doneCount: flight.doneCount };
    flight.sampleIndex = sampleIndex;
    const end = await oneQuery(loop);
    if (end !== undefined) return end;
    const pause = pace(policy.progress);
    if (pause !== undefined) await pause;
  }
}

/** Leaves a stuck target behind: what it does from now on has no effect. */
async function abandon(loop: Loop): Promise<LoadEnd> {
  const { flight, policy } = loop;
  flight.abandoned = true;
  const end = failedEnd(loop, timeoutError(loop));
  if (flight.step === 'issue' && end.endedBy === 'query-failed')
    await policy.onQuery(unansweredOutcome(flight, true));
  return end;
}

/** Resolves at the abort; it holds nothing once the signal is gone. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The loop's end after a deadline: its own, since the target heard the abort, or ours, when it did not. */
async function endAfterDeadline(loop: Loop, running: Promise<LoadEnd>): Promise<LoadEnd> {
  const graceOver = new AbortController();
  const grace = loop.context.clock.sleep(abandonAfterMs, graceOver.signal);
  try {
    return (await Promise.race([running, grace])) ?? (await abandon(loop));
  } finally {
    graceOver.abort();
    // It rejects when it is cut short here.
    grace.catch(() => undefined);
  }
}

/**
 * Issues one query after the other until the policy has no more, time is up, a query fails or the signal aborts.
 * Ends even when the target ignores the signal. Each query is staged untimed, then stamped, issued and stamped.
 *
 * @throws whatever the policy throws
 */
export async function runOneByOne(context: LoadContext, policy: LoadPolicy): Promise<LoadEnd> {
  using watch = deadlineWatch(context.clock, Math.min(context.queryDeadlineMs, stageDeadlineMs));
  const loop: Loop = {
    context,
    policy,
    flight: { sampleIndex: 0, issuedAtNs: 0, step: 'none', abandoned: false, doneCount: 0 },
    watch,
    signal: AbortSignal.any([context.signal, watch.signal]),
  };
  const running = allQueries(loop);
  const ended = await Promise.race([running, aborted(watch.signal)]);
  return ended ?? (await endAfterDeadline(loop, running));
}
