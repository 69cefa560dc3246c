import { setImmediate as eventLoopTurn } from 'node:timers/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { deadlineWatch, type DeadlineWatch } from '#harness/loadgen/deadline-watch.ts';

import { completionRingWriter, emptyCompletion, type Completion } from './completion-ring.ts';
import { errorTableWriter } from './error-table.ts';
import { issueRingReader } from './issue-ring.ts';
import { bridgeControl, type BridgeControl, type LoadBridge } from './load-bridge.ts';

/**
 * An idle device thread sleeps in slices of this length, with a turn of its event loop in between. Measured against
 * `Atomics.waitAsync` on 2 busy cores at 1000 queries per second, from the ring's bell to the query in hand: 10 µs
 * p50, 250 µs p99, 1.9 % of a core, against 13–28 µs, 230–345 µs and 1.5–3.2 %. The link is silent while no query is
 * under way, and a message waits a slice at most.
 */
const idleSliceNs = 1e6;
/** A device that answers without a turn of the event loop would let no message through: one is made this often. */
const turnEveryNs = 10e6;
/** A device that does not end at the abort of its signal is left behind after this. */
const abandonAfterMs = 1000;

/** What a device's answer may tell beside its output. */
export interface ServedAnswer {
  readonly deviceDurationNs?: number;
  readonly tokens?: { readonly ids: readonly number[]; readonly firstTokenAtNs: number };
}

/** The device as the bridge sees it. One call at a time; every call ends by the signal's abort at the latest. */
export interface ServedTarget {
  /** Puts the sample where `issue` finds it. */
  readonly stage: (sampleIndex: number, signal: AbortSignal) => Promise<void>;
  readonly issue: (sampleIndex: number, signal: AbortSignal) => Promise<ServedAnswer>;
}

/** What the device side of a load works with. */
export interface ServeOptions {
  readonly bridge: LoadBridge;
  readonly target: ServedTarget;
  readonly clock: Clock;
  /** From the moment the device was asked a query has this long. */
  readonly queryDeadlineMs: number;
  readonly signal: AbortSignal;
}

/** What the device side did. */
export interface ServeOutcome {
  readonly completedCount: number;
  readonly failedCount: number;
  /** A call did not end in time; the device was not asked again. */
  readonly hung: boolean;
}

/** The device side of one load. */
interface Service {
  readonly options: ServeOptions;
  readonly control: BridgeControl;
  readonly watch: DeadlineWatch;
  /** Aborts with the caller's signal or at a deadline. */
  readonly signal: AbortSignal;
  readonly take: (samples: Uint32Array) => number;
  readonly push: (completion: Readonly<Completion>) => boolean;
  readonly keepError: (error: unknown) => number;
  readonly samples: Uint32Array;
  readonly completion: Completion;
  /** The query that the device has; -1 when it has none. */
  currentId: number;
  /** The query that had no answer in time; -1 while there is none. */
  hungId: number;
  completedCount: number;
  failedCount: number;
  /** True once a hanging call was left behind: what it does from now on has no effect. */
  abandoned: boolean;
}

function isOver({ control, options }: Service): boolean {
  return control.isEnded() || options.signal.aborted;
}

/** Hands the completion over. The ring has room for all queries under way; a full one means nobody collects. */
async function hand(service: Service): Promise<void> {
  const { completion, control } = service;
  while (!service.push(completion)) {
    if (isOver(service)) return;
    await eventLoopTurn();
  }
  control.issuerBell.ring();
}

async function fail(service: Service, queryId: number, error: unknown): Promise<void> {
  const { completion, options } = service;
  completion.queryId = queryId;
  completion.atNs = options.clock.nowNs();
  completion.errorSlot = service.keepError(error);
  completion.deviceDurationNs = Number.NaN;
  completion.firstTokenAtNs = Number.NaN;
  completion.tokenCount = 0;
  service.failedCount += 1;
  await hand(service);
}

/** Loads and infers each sample of the query. @returns the last answer */
async function answer(service: Service): Promise<ServedAnswer> {
  const { options, samples, signal } = service;
  let last: ServedAnswer = {};
  for (const sampleIndex of samples) {
    signal.throwIfAborted();
    await options.target.stage(sampleIndex, signal);
    last = await options.target.issue(sampleIndex, signal);
  }
  return last;
}

async function oneQuery(service: Service, queryId: number): Promise<void> {
  const { options, watch, completion } = service;
  service.currentId = queryId;
  watch.arm(options.queryDeadlineMs);
  try {
    const { deviceDurationNs, tokens } = await answer(service);
    completion.atNs = options.clock.nowNs();
    if (service.abandoned) return;
    completion.queryId = queryId;
    completion.errorSlot = -1;
    completion.deviceDurationNs = deviceDurationNs ?? Number.NaN;
    completion.firstTokenAtNs = tokens?.firstTokenAtNs ?? Number.NaN;
    completion.tokenCount = tokens?.ids.length ?? 0;
    service.completedCount += 1;
    await hand(service);
  } catch (error) {
    if (service.abandoned || options.signal.aborted) return;
    await fail(service, queryId, watch.signal.aborted ? noteHang(service) : error);
  } finally {
    if (!service.abandoned) {
      watch.disarm();
      service.currentId = -1;
    }
  }
}

/** The error of the query that the device did not answer, and of those that it was not asked any more. */
function hangError({ options, hungId }: Service): Error {
  const { queryDeadlineMs: waitedMs } = options;
  const message = `query ${hungId}: no answer of the device after ${waitedMs} ms; it is not asked again`;
  return labError('dut/timeout', message, { details: { queryId: hungId, waitedMs } });
}

/** The current query as the one that hung, when it is. */
function noteHang(service: Service): Error {
  if (service.currentId >= 0) service.hungId = service.currentId;
  return hangError(service);
}

/** Takes queries and lets `end` end them, until the load is over. Sleeps while there are none. */
async function eachQuery(
  service: Service,
  goesOn: () => boolean,
  end: (queryId: number) => Promise<void>,
): Promise<void> {
  const { clock } = service.options;
  const { deviceBell } = service.control;
  let turnAtNs = clock.nowNs();
  while (goesOn() && !isOver(service)) {
    const ticket = deviceBell.ticket();
    const queryId = service.take(service.samples);
    if (queryId >= 0) await end(queryId);
    else if (!isOver(service) && deviceBell.sleep(idleSliceNs, ticket)) turnAtNs = 0;
    if (clock.nowNs() < turnAtNs) continue;
    await eventLoopTurn();
    turnAtNs = clock.nowNs() + turnEveryNs;
  }
}

/** Resolves at the abort. */
function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

/** Waits for a call that heard its abort, or leaves it behind. @throws when the wait was cut short */
async function graceOver(service: Service, running: Promise<void>): Promise<void> {
  const over = new AbortController();
  const grace = service.options.clock.sleep(abandonAfterMs, over.signal);
  // It rejects when it is cut short here.
  grace.catch(() => undefined);
  await Promise.race([running, grace]);
  over.abort();
}

function openService(options: ServeOptions, watch: DeadlineWatch): Service {
  const { bridge } = options;
  return {
    options,
    control: bridgeControl(bridge),
    watch,
    signal: AbortSignal.any([options.signal, watch.signal]),
    take: issueRingReader(bridge.issues).take,
    push: completionRingWriter(bridge.completions).push,
    keepError: errorTableWriter(bridge.errors),
    samples: new Uint32Array(bridge.issues.samplesPerQuery),
    completion: emptyCompletion(),
    currentId: -1,
    hungId: -1,
    completedCount: 0,
    failedCount: 0,
    abandoned: false,
  };
}

/**
 * The device side of a load whose queries are issued by another thread: takes them from the bridge one by one, loads
 * and infers each, stamps its completion and hands it back, until the issuing side ends the bridge or the signal
 * aborts. Blocks the thread for up to a millisecond while there is nothing to do. Ends even when a call of the device
 * hangs: the query fails at its deadline, the device is not asked again, and what follows fails at once.
 */
export async function serveQueries(options: ServeOptions): Promise<ServeOutcome> {
  using watch = deadlineWatch(options.clock, options.queryDeadlineMs);
  const service = openService(options, watch);
  service.control.serve();
  const running = eachQuery(
    service,
    () => !watch.signal.aborted,
    (queryId) => oneQuery(service, queryId),
  );
  const over = AbortSignal.any([options.signal, watch.signal]);
  if ((await Promise.race([running, aborted(over)])) === 'aborted')
    await graceOver(service, running);
  const { currentId } = service;
  service.abandoned = currentId >= 0;
  if (watch.signal.aborted) {
    const error = noteHang(service);
    if (service.abandoned) await fail(service, currentId, error);
    await eachQuery(
      service,
      () => true,
      (queryId) => fail(service, queryId, error),
    );
  }
  const { completedCount, failedCount } = service;
  return { completedCount, failedCount, hung: watch.signal.aborted };
}
