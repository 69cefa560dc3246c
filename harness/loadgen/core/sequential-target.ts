import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { answerDetails } from '../answer-details.ts';
import { completionInstant } from '../completion-instant.ts';
import type { CompletionSink, IssuedQueries, LoadTarget } from '../load-target.ts';
import type { QueryAnswer, QueryTarget } from '../query-target.ts';
import { stageDeadlineMs } from '../stage-deadline.ts';
import { abandonAfterMs, callGuard, type CallGuard } from './call-guard.ts';

/** How a device that does one thing at a time is made a load's target. */
export interface SequentialTargetOptions {
  readonly target: QueryTarget;
  readonly clock: Clock;
  readonly samplesPerQuery: number;
  /** Of the load: a call to the device is aborted after it. */
  readonly queryDeadlineMs: number;
  /** Queries taken and not answered, that under way included. Default 1: what waits, waits in the load's line. */
  readonly queueLengthMax?: number;
}

/** A load's target; closed, it aborts the call under way and waits for its end, 1 s at most. It reports nothing then. */
export interface SequentialTarget extends LoadTarget, AsyncDisposable {
  readonly stage: NonNullable<LoadTarget['stage']>;
}

interface Query {
  readonly queryId: number;
  readonly samples: readonly number[];
}

/** The device's side of a load. */
interface Sequence {
  readonly options: SequentialTargetOptions;
  readonly guard: CallGuard;
  readonly closed: AbortController;
  readonly queue: Query[];
  sink: CompletionSink | undefined;
  /** The sample that the device holds and that was not asked yet. */
  staged: number | undefined;
  /** Why the device is asked nothing any more: it never ended a call. */
  gone: Error | undefined;
  /** Settles when nothing is under way. */
  work: Promise<void> | undefined;
}

function notStaged(sampleIndex: number): Error {
  const details = { sampleIndex, waitedMs: stageDeadlineMs };
  return labError('dut/timeout', `sample ${sampleIndex} was not taken in time`, { details });
}

async function stageSample(sequence: Sequence, sampleIndex: number): Promise<void> {
  const { guard, options } = sequence;
  sequence.staged = undefined;
  let isPastDeadline = false;
  try {
    const staging = options.target.stage(sampleIndex, guard.signal());
    guard.arm(stageDeadlineMs);
    await staging;
  } finally {
    isPastDeadline = guard.disarm();
  }
  if (isPastDeadline) throw notStaged(sampleIndex);
}

/** Asks for the staged sample, before anything else is done: this lies inside the timed query. */
function askStaged(sequence: Sequence, sampleIndex: number): Promise<QueryAnswer> {
  sequence.staged = undefined;
  try {
    return sequence.options.target.issue(sampleIndex, sequence.guard.signal());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Asks for a sample, after staging it. */
async function askSample(sequence: Sequence, sampleIndex: number): Promise<QueryAnswer> {
  await stageSample(sequence, sampleIndex);
  sequence.closed.signal.throwIfAborted();
  const asking = askStaged(sequence, sampleIndex);
  sequence.guard.arm(sequence.options.queryDeadlineMs);
  return asking;
}

/** A query that waits for its turn, and the answer to its first sample, if that was staged and asked already. */
interface Turn {
  readonly query: Query;
  readonly first: Promise<QueryAnswer> | undefined;
}

/** Asks for every sample of the query. Tells nothing when the device outlived the query's deadline: the load knows. */
async function answerQuery(sequence: Sequence, { query, first }: Turn): Promise<void> {
  const { options, guard, queue, closed } = sequence;
  const { queryId, samples } = query;
  let isPastDeadline = false;
  try {
    let answer: QueryAnswer | undefined;
    let atNs = Number.NaN;
    let asked = first;
    for (const sampleIndex of samples) {
      if (asked !== undefined) guard.arm(options.queryDeadlineMs);
      try {
        answer = await (asked ?? askSample(sequence, sampleIndex));
        atNs = completionInstant(answer, options.clock.nowNs());
      } finally {
        isPastDeadline = guard.disarm();
      }
      asked = undefined;
    }
    queue.shift();
    if (!closed.signal.aborted && answer !== undefined)
      sequence.sink?.complete(queryId, atNs, answerDetails(answer));
  } catch (error) {
    queue.shift();
    if (!closed.signal.aborted && !isPastDeadline)
      sequence.sink?.fail(queryId, options.clock.nowNs(), error);
  }
}

async function workOff(sequence: Sequence, asked: Promise<QueryAnswer> | undefined): Promise<void> {
  let first = asked;
  for (;;) {
    const [query] = sequence.queue;
    if (query === undefined || sequence.closed.signal.aborted) break;
    await answerQuery(sequence, { query, first });
    first = undefined;
  }
  sequence.work = undefined;
}

function failAll(
  sequence: Sequence,
  { firstQueryId, queryCount }: Pick<IssuedQueries, 'firstQueryId' | 'queryCount'>,
): void {
  const atNs = sequence.options.clock.nowNs();
  for (let index = 0; index < queryCount; index += 1)
    sequence.sink?.fail(firstQueryId + index, atNs, sequence.gone);
}

/** The device never ended a call: it can be asked nothing any more. Its query is lost; the others fail. */
function leaveBehind(sequence: Sequence): void {
  sequence.gone = labError('dut/timeout', 'the device did not end a call that was aborted', {
    details: { waitedMs: abandonAfterMs },
  });
  for (const { queryId } of sequence.queue.splice(1))
    failAll(sequence, { firstQueryId: queryId, queryCount: 1 });
}

/** Puts queries in the queue. @returns how many there was room for */
function enqueue(sequence: Sequence, queries: IssuedQueries): number {
  const { samplesPerQuery, queueLengthMax = 1 } = sequence.options;
  const { firstQueryId, queryCount, samples } = queries;
  const count = Math.min(queryCount, queueLengthMax - sequence.queue.length);
  for (let index = 0; index < count; index += 1) {
    const from = index * samplesPerQuery;
    const own =
      samplesPerQuery === 1
        ? [samples[from] ?? 0]
        : Array.from(samples.subarray(from, from + samplesPerQuery));
    sequence.queue.push({ queryId: firstQueryId + index, samples: own });
  }
  return Math.max(0, count);
}

/** @returns how many queries were taken */
function take(sequence: Sequence, queries: IssuedQueries): number {
  if (sequence.closed.signal.aborted) return 0;
  if (sequence.gone !== undefined) {
    failAll(sequence, queries);
    return queries.queryCount;
  }
  const { staged } = sequence;
  const isStaged = staged !== undefined && staged === queries.samples[0];
  const first = isStaged ? askStaged(sequence, staged) : undefined;
  const count = enqueue(sequence, queries);
  if (count > 0) sequence.work ??= workOff(sequence, first);
  return count;
}

async function close(sequence: Sequence): Promise<void> {
  const { closed, guard, options, work } = sequence;
  closed.abort(new DOMException('the load has ended', 'AbortError'));
  guard[Symbol.dispose]();
  if (work === undefined) return;
  const graceOver = new AbortController();
  const grace = options.clock.sleep(abandonAfterMs, graceOver.signal);
  // It rejects when it is cut short here.
  await Promise.race([work, grace.catch(() => undefined)]);
  graceOver.abort();
}

/**
 * A target from a device that does one thing at a time. In streams the load has it stage the first sample of a query
 * before the query's clock starts; all other staging, of the further samples of a multi-stream query and of every
 * query of server and offline loads, is part of the query, since the device cannot hold more than one sample.
 *
 * A device call that outlives its deadline is aborted; the load gives its query up by itself. When the call does not
 * end 1 s after the abort the device is not asked any more, and every other query fails: nothing hangs.
 *
 * Close it when the load has ended, before the device is used for anything else.
 */
export function sequentialTarget(options: SequentialTargetOptions): SequentialTarget {
  const closed = new AbortController();
  const sequence: Sequence = {
    options,
    closed,
    guard: callGuard({
      clock: options.clock,
      shortestMs: Math.min(options.queryDeadlineMs, stageDeadlineMs),
      closed: closed.signal,
      onAbandoned: () => leaveBehind(sequence),
    }),
    queue: [],
    sink: undefined,
    staged: undefined,
    gone: undefined,
    work: undefined,
  };
  let hasLoadSignal = false;
  return {
    connect: (sink) => {
      sequence.sink = sink;
    },
    stage: async (samples, signal) => {
      if (!hasLoadSignal) {
        hasLoadSignal = true;
        signal.addEventListener('abort', () => closed.abort(signal.reason), { once: true });
      }
      const [sampleIndex = 0] = samples;
      const staging = stageSample(sequence, sampleIndex);
      // It settles either way; `work` tells only that something is under way.
      sequence.work = staging.then(
        () => undefined,
        () => undefined,
      );
      try {
        await staging;
        sequence.staged = sampleIndex;
      } finally {
        sequence.work = undefined;
      }
    },
    issue: (queries) => take(sequence, queries),
    [Symbol.asyncDispose]: () => close(sequence),
  };
}
