import type { Clock } from '#harness/kernel/clock.ts';

import { answerDetails } from '../answer-details.ts';
import { completionInstant } from '../completion-instant.ts';
import type { ConcurrentDevice } from '../concurrent-device.ts';
import type { CompletionSink, IssuedQueries, LoadTarget } from '../load-target.ts';
import type { QueryAnswer } from '../query-target.ts';
import { boundedCalls, type BoundedCalls } from './bounded-calls.ts';

/** How a device that works on several samples at once is made a load's target. */
export interface ConcurrentTargetOptions {
  readonly device: ConcurrentDevice;
  readonly clock: Clock;
  readonly samplesPerQuery: number;
  /** Of the load: a call to the device is aborted after it. */
  readonly queryDeadlineMs: number;
}

/** A load's target; closed, it aborts the calls under way and waits for their end, 1 s at most. */
export interface ConcurrentTarget extends LoadTarget, AsyncDisposable {}

interface Target {
  readonly options: ConcurrentTargetOptions;
  readonly calls: BoundedCalls;
  sink: CompletionSink | undefined;
  isClosed: boolean;
}

/** Consecutive queries that go out together. */
interface Group {
  readonly firstQueryId: number;
  readonly queryCount: number;
  readonly samples: readonly number[];
}

/** The samples in as few calls as the device allows, all at once. */
async function answersTo(
  { calls, options }: Target,
  samples: readonly number[],
): Promise<readonly QueryAnswer[]> {
  const { batchSizeMax } = options.device;
  if (samples.length <= batchSizeMax) return calls.infer(samples);
  const parts: Promise<readonly QueryAnswer[]>[] = [];
  for (let from = 0; from < samples.length; from += batchSizeMax)
    parts.push(calls.infer(samples.slice(from, from + batchSizeMax)));
  return (await Promise.all(parts)).flat();
}

async function ask(target: Target, group: Group): Promise<void> {
  const { options } = target;
  const { firstQueryId, queryCount, samples } = group;
  try {
    const answers = await answersTo(target, samples);
    const nowNs = options.clock.nowNs();
    if (target.isClosed) return;
    for (let index = 0; index < queryCount; index += 1) {
      const from = index * options.samplesPerQuery;
      const own = answers.slice(from, from + options.samplesPerQuery);
      // A query of several samples is told by its last, as by a device that takes them one by one.
      const last = own.at(-1);
      const details = last === undefined ? undefined : answerDetails(last);
      // Its parts end one after the other: it is complete with the latest.
      const atNs = Math.max(...own.map((answer) => completionInstant(answer, nowNs)));
      target.sink?.complete(firstQueryId + index, atNs, details);
    }
  } catch (error) {
    if (target.isClosed) return;
    const atNs = options.clock.nowNs();
    for (let index = 0; index < queryCount; index += 1)
      target.sink?.fail(firstQueryId + index, atNs, error);
  }
}

/** @returns how many queries were taken */
function take(target: Target, { firstQueryId, queryCount, samples }: IssuedQueries): number {
  const { samplesPerQuery, device } = target.options;
  if (target.isClosed) return 0;
  const groupCountMax = Math.max(1, Math.floor(device.batchSizeMax / samplesPerQuery));
  let takenCount = 0;
  while (takenCount < queryCount && target.calls.freeCount() > 0) {
    const count = Math.min(groupCountMax, queryCount - takenCount);
    const from = takenCount * samplesPerQuery;
    const own = Array.from(samples.subarray(from, from + count * samplesPerQuery));
    void ask(target, { firstQueryId: firstQueryId + takenCount, queryCount: count, samples: own });
    takenCount += count;
  }
  return takenCount;
}

/**
 * A target from a device that works on several samples at once: as many calls as the device allows are under way, and
 * queries that are offered together share a call as far as the device batches. A query with more samples than a call
 * carries goes out in several calls at once.
 *
 * A call that outlives the load's deadline is aborted, its queries fail, and its place is free again: one query that
 * hangs does not hold the others up.
 *
 * Close it when the load has ended, before the device is used for anything else.
 */
export function concurrentTarget(options: ConcurrentTargetOptions): ConcurrentTarget {
  const { device, clock, queryDeadlineMs } = options;
  const calls = boundedCalls(device, { clock, deadlineMs: queryDeadlineMs });
  const target: Target = { options, calls, sink: undefined, isClosed: false };
  return {
    connect: (sink) => {
      target.sink = sink;
    },
    issue: (queries) => take(target, queries),
    [Symbol.asyncDispose]: async () => {
      target.isClosed = true;
      await calls[Symbol.asyncDispose]();
    },
  };
}
