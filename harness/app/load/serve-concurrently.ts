import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { completionInstant } from '#harness/loadgen/completion-instant.ts';
import type { ConcurrentDevice } from '#harness/loadgen/concurrent-device.ts';
import { boundedCalls, type BoundedCalls } from '#harness/loadgen/core/bounded-calls.ts';
import type { QueryAnswer } from '#harness/loadgen/query-target.ts';

import { completionRingWriter, emptyCompletion, type Completion } from './completion-ring.ts';
import { errorTableWriter } from './error-table.ts';
import { issueRingReader } from './issue-ring.ts';
import { bridgeControl, type BridgeControl, type LoadBridge } from './load-bridge.ts';
import type { ServeOutcome } from './serve-queries.ts';

/** The device side of a load whose device works on several samples at once. */
export interface ServeConcurrentlyOptions {
  readonly bridge: LoadBridge;
  readonly device: ConcurrentDevice;
  readonly clock: Clock;
  /** From the moment the device was asked a query has this long. */
  readonly queryDeadlineMs: number;
  readonly signal: AbortSignal;
}

/** Longest wait for the ring's bell: the abort of the signal is seen as late as this. */
const waitMs = 50;

interface Service {
  readonly options: ServeConcurrentlyOptions;
  readonly control: BridgeControl;
  readonly calls: BoundedCalls;
  readonly push: (completion: Readonly<Completion>) => boolean;
  readonly keepError: (error: unknown) => number;
  readonly completion: Completion;
  completedCount: number;
  failedCount: number;
}

/** Hands the completion over; the ring has room for every query under way. */
function hand({ completion, control, push }: Service): void {
  if (push(completion)) control.issuerBell.ring();
}

function completed(service: Service, queryId: number, answer: QueryAnswer): void {
  const { completion, options } = service;
  completion.atNs = completionInstant(answer, options.clock.nowNs());
  completion.queryId = queryId;
  completion.errorSlot = -1;
  completion.deviceDurationNs = answer.deviceDurationNs ?? Number.NaN;
  completion.firstTokenAtNs = answer.tokens?.firstTokenAtNs ?? Number.NaN;
  completion.tokenCount = answer.tokens?.ids.length ?? 0;
  service.completedCount += 1;
  hand(service);
}

function failed(service: Service, queryId: number, error: unknown): void {
  const { completion, options } = service;
  completion.atNs = options.clock.nowNs();
  completion.queryId = queryId;
  completion.errorSlot = service.keepError(error);
  completion.deviceDurationNs = Number.NaN;
  completion.firstTokenAtNs = Number.NaN;
  completion.tokenCount = 0;
  service.failedCount += 1;
  hand(service);
}

async function oneQuery(
  service: Service,
  queryId: number,
  samples: readonly number[],
): Promise<void> {
  try {
    const answers = await service.calls.infer(samples);
    const last = answers.at(-1);
    if (last === undefined) throw labError('dut/garbled-reply', 'the device gave no answer');
    completed(service, queryId, last);
  } catch (error) {
    if (!service.options.signal.aborted) failed(service, queryId, error);
  }
}

/** Takes what is in the ring, as far as the device has room. */
function takeAll(
  service: Service,
  take: (samples: Uint32Array) => number,
  samples: Uint32Array,
): void {
  while (service.calls.freeCount() > 0) {
    const queryId = take(samples);
    if (queryId < 0) return;
    void oneQuery(service, queryId, [...samples]);
  }
}

/**
 * The device side of a load whose queries are issued by another thread, for a device that works on several at once:
 * takes them from the bridge as far as the device has room, and hands each back as its answer comes, until the issuing
 * side ends the bridge or the signal aborts. What waits, waits in the ring, and is part of its query. A call that
 * hangs fails at its deadline and holds up no other.
 */
export async function serveConcurrently(options: ServeConcurrentlyOptions): Promise<ServeOutcome> {
  const { bridge, device, clock, queryDeadlineMs, signal } = options;
  const control = bridgeControl(bridge);
  await using calls = boundedCalls(device, { clock, deadlineMs: queryDeadlineMs });
  const service: Service = {
    options,
    control,
    calls,
    push: completionRingWriter(bridge.completions).push,
    keepError: errorTableWriter(bridge.errors),
    completion: emptyCompletion(),
    completedCount: 0,
    failedCount: 0,
  };
  const { take } = issueRingReader(bridge.issues);
  const samples = new Uint32Array(bridge.issues.samplesPerQuery);
  control.serve();
  while (!control.isEnded() && !signal.aborted) {
    const ticket = control.deviceBell.ticket();
    takeAll(service, take, samples);
    const rung = control.deviceBell.wait(waitMs, ticket);
    await (calls.freeCount() > 0 ? rung : Promise.race([rung, calls.nextEnd()]));
  }
  const { completedCount, failedCount } = service;
  return { completedCount, failedCount, hung: false };
}
