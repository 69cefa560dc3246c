import type { ConcurrentDevice } from '../concurrent-device.ts';
import { boundedCalls, type BoundedCalls } from '../core/bounded-calls.ts';
import type { LoadEnd, LoadProgress } from '../load-end.ts';
import { progressPacer } from '../progress-pacer.ts';
import type { QueryAnswer } from '../query-target.ts';
import type { AccuracyOptions } from './accuracy.ts';

/** An accuracy run on a device that works on several samples at once. `queryDeadlineMs` bounds each call. */
export interface ConcurrentAccuracyOptions extends Omit<AccuracyOptions, 'target'> {
  readonly device: ConcurrentDevice;
}

/** How a call ended. */
interface CallEnd {
  readonly samples: readonly number[];
  readonly answers?: readonly QueryAnswer[];
  readonly error?: unknown;
}

/** Calls as they end, and a bell for whoever waits for the next. */
interface Arrivals {
  readonly ends: CallEnd[];
  underWayCount: number;
  readonly ring: () => void;
  /** Resolves at the next ring. */
  readonly next: () => Promise<void>;
}

function arrivals(): Arrivals {
  let bell = Promise.withResolvers<void>();
  return {
    ends: [],
    underWayCount: 0,
    ring: () => bell.resolve(),
    next: async () => {
      await bell.promise;
      bell = Promise.withResolvers();
    },
  };
}

/** Takes the next samples of the set, so many at most; none at its end. */
function sampleSource(
  sampleCount: number,
  doneIndices: ReadonlySet<number>,
): (countMax: number) => readonly number[] {
  let nextIndex = 0;
  return (countMax) => {
    const taken: number[] = [];
    for (; nextIndex < sampleCount && taken.length < countMax; nextIndex += 1)
      if (!doneIndices.has(nextIndex)) taken.push(nextIndex);
    return taken;
  };
}

interface Run {
  readonly options: ConcurrentAccuracyOptions;
  readonly calls: BoundedCalls;
  readonly arrived: Arrivals;
  readonly take: (countMax: number) => readonly number[];
  readonly failures: unknown[];
  readonly doneBeforeCount: number;
  doneCount: number;
}

async function ask({ calls, arrived }: Run, samples: readonly number[]): Promise<void> {
  arrived.underWayCount += 1;
  try {
    arrived.ends.push({ samples, answers: await calls.infer(samples) });
  } catch (error) {
    arrived.ends.push({ samples, error });
  }
  arrived.underWayCount -= 1;
  arrived.ring();
}

/** As many calls as the device has room for; none after a failure or an abort. */
function askMore(run: Run): void {
  const { options, calls, failures, take } = run;
  while (failures.length === 0 && !options.signal.aborted && calls.freeCount() > 0) {
    const samples = take(options.device.batchSizeMax);
    if (samples.length === 0) return;
    void ask(run, samples);
  }
}

/** Hands over what has come; answers that came beside a failure or an abort are answers all the same. */
async function handOver(run: Run): Promise<void> {
  const { options, arrived, failures } = run;
  for (let end = arrived.ends.shift(); end !== undefined; end = arrived.ends.shift()) {
    const { samples, answers, error } = end;
    if (answers === undefined) failures.push(error);
    for (const [place, { output }] of (answers ?? []).entries()) {
      const sampleIndex = samples[place];
      if (sampleIndex === undefined) continue;
      await options.onOutput(sampleIndex, output);
      run.doneCount += 1;
    }
  }
}

async function untilAllEnded(run: Run): Promise<void> {
  const { options, arrived } = run;
  const { sampleCount, clock, onProgress, signal } = options;
  const progress = (): LoadProgress => ({
    doneCount: run.doneBeforeCount + run.doneCount,
    totalCount: sampleCount,
  });
  const pace = progressPacer(clock, onProgress);
  for (;;) {
    askMore(run);
    if (arrived.ends.length === 0) {
      if (signal.aborted || arrived.underWayCount === 0) return;
      await arrived.next();
    }
    await handOver(run);
    const pause = pace(progress);
    if (pause !== undefined) await pause;
  }
}

function endOf({ options, failures, doneCount }: Run): LoadEnd {
  if (options.signal.aborted) return { endedBy: 'aborted', doneCount };
  if (failures.length === 0) return { endedBy: 'complete', doneCount };
  return { endedBy: 'query-failed', doneCount, error: failures[0] };
}

/**
 * Accuracy: every sample of the set exactly once, as many at once as the device takes; each answer is handed to
 * `onOutput` as it comes, one after the other. After a failed call no further sample is asked for, the calls under way
 * end, each at its deadline at the latest, and their answers count: the end has the first error. An abort ends the
 * calls under way. It can go on from where it ended.
 *
 * @throws whatever `onOutput` throws, after the calls under way were aborted
 */
export async function runConcurrentAccuracy(options: ConcurrentAccuracyOptions): Promise<LoadEnd> {
  const { device, clock, queryDeadlineMs, sampleCount, signal } = options;
  await using calls = boundedCalls(device, { clock, deadlineMs: queryDeadlineMs });
  const arrived = arrivals();
  // A copy: the caller may keep its own up to date while this goes on.
  const before = new Set(options.doneIndices);
  const run: Run = {
    options,
    calls,
    arrived,
    take: sampleSource(sampleCount, before),
    failures: [],
    doneBeforeCount: before.size,
    doneCount: 0,
  };
  signal.addEventListener('abort', arrived.ring);
  try {
    await untilAllEnded(run);
  } finally {
    signal.removeEventListener('abort', arrived.ring);
  }
  return endOf(run);
}
