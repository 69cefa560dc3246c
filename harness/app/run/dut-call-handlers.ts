import type { ConcurrentInference, Dut } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import type { ConcurrentDevice } from '#harness/loadgen/concurrent-device.ts';
import { concurrentTarget } from '#harness/loadgen/core/concurrent-target.ts';
import { sequentialTarget } from '#harness/loadgen/core/sequential-target.ts';
import type { LoadEnd } from '#harness/loadgen/load-end.ts';
import type { LoadTarget } from '#harness/loadgen/load-target.ts';
import { querySource } from '#harness/loadgen/plan/query-source.ts';
import type { QueryTarget } from '#harness/loadgen/query-target.ts';
import { rowRingWriter } from '#harness/loadgen/row-ring-writer.ts';
import { runLoad } from '#harness/loadgen/run-load.ts';
import { runAccuracy, type AccuracyOptions } from '#harness/loadgen/scenarios/accuracy.ts';
import { runConcurrentAccuracy } from '#harness/loadgen/scenarios/concurrent-accuracy.ts';

import { serveConcurrently } from '../load/serve-concurrently.ts';
import { serveQueries } from '../load/serve-queries.ts';
import { answerKeeper, type AnswerKeeper } from './answer-keeper.ts';
import type {
  DutCallName,
  DutThreadCalls,
  LoadOutcome,
  ServedLoad,
} from './dut-thread-protocol.ts';
import type { DutCallListener } from './dut-thread.ts';
import { loadLimitsOf, loadPlanOf } from './load-settings.ts';
import { progressNote } from './progress-note.ts';

/** What a handler is given besides its argument. */
type CallTools = Required<DutCallListener> & { readonly signal: AbortSignal };

/** One handler for each call. */
export type DutCallHandlers = {
  readonly [Name in DutCallName]: (
    argument: DutThreadCalls[Name]['argument'],
    tools: CallTools,
  ) => Promise<DutThreadCalls[Name]['result']>;
};

/** What the handlers work with, in the thread of the device. */
export interface DeviceSide {
  readonly dut: Dut;
  readonly clock: Clock;
  readonly samples: Uint8Array;
  readonly sampleByteCount: number;
}

function sampleAt(side: DeviceSide, sampleIndex: number): Uint8Array {
  const { samples, sampleByteCount } = side;
  return samples.subarray(sampleIndex * sampleByteCount, (sampleIndex + 1) * sampleByteCount);
}

/** The device as the load generator sees it: loading is staging, inferring is issuing. */
function queryTarget(side: DeviceSide): QueryTarget {
  return {
    stage: (sampleIndex, signal) => side.dut.load(sampleAt(side, sampleIndex), signal),
    issue: (_sampleIndex, signal) => side.dut.infer(signal),
  };
}

/** The same for a device that works on several samples at once. */
function concurrentDevice(side: DeviceSide, concurrent: ConcurrentInference): ConcurrentDevice {
  return {
    inFlightCountMax: concurrent.inFlightCountMax,
    batchSizeMax: concurrent.batchSizeMax,
    infer: (sampleIndices, signal) =>
      concurrent.infer(
        sampleIndices.map((sampleIndex) => sampleAt(side, sampleIndex)),
        signal,
      ),
  };
}

/**
 * A single stream has one query of one sample under way, which every device takes the same way: loaded before its clock
 * starts. All other loads use what the device can do at once.
 */
function loadTarget(
  side: DeviceSide,
  settings: RunSettings,
  keeper: AnswerKeeper,
): LoadTarget & AsyncDisposable {
  const { clock, dut } = side;
  const { samplesPerQuery, scenario } = loadPlanOf(settings);
  const shared = { clock, samplesPerQuery, queryDeadlineMs: settings.queryDeadlineMs };
  if (dut.concurrent === undefined || scenario === 'single-stream')
    return sequentialTarget({ ...shared, target: keeper.keepOf(queryTarget(side)) });
  const device = keeper.keepOfConcurrent(concurrentDevice(side, dut.concurrent));
  return concurrentTarget({ ...shared, device });
}

function rethrow(end: LoadEnd, signal: AbortSignal): void {
  if (end.endedBy === 'query-failed') throw end.error;
  if (end.endedBy === 'aborted') signal.throwIfAborted();
}

async function accuracy(
  side: DeviceSide,
  request: { readonly settings: RunSettings; readonly doneIndices: readonly number[] },
  tools: CallTools,
): Promise<null> {
  const { settings } = request;
  const { concurrent } = side.dut;
  const shared: Omit<AccuracyOptions, 'target'> = {
    clock: side.clock,
    queryDeadlineMs: settings.queryDeadlineMs,
    sampleCount: settings.accuracySampleCount,
    doneIndices: new Set(request.doneIndices),
    onOutput: (sampleIndex, output) => tools.onSample(sampleIndex, [...output]),
    onProgress: (progress) => tools.onProgress({ step: 'accuracy', ...progress, note: 'samples' }),
    signal: tools.signal,
  };
  const end =
    concurrent === undefined
      ? await runAccuracy({ ...shared, target: queryTarget(side) })
      : await runConcurrentAccuracy({ ...shared, device: concurrentDevice(side, concurrent) });
  rethrow(end, tools.signal);
  return null;
}

async function load(
  side: DeviceSide,
  { settings, rows }: DutThreadCalls['load']['argument'],
  tools: CallTools,
): Promise<LoadOutcome> {
  const { clock } = side;
  const plan = loadPlanOf(settings);
  const keeper = answerKeeper(plan);
  const writer = rowRingWriter(rows, clock);
  await using target = loadTarget(side, settings, keeper);
  const end = await runLoad({
    scenario: plan.scenario,
    source: querySource(plan),
    target,
    rows: writer,
    clock,
    limits: loadLimitsOf(settings),
    onProgress: (progress) => {
      const { doneCount, totalCount } = progress;
      const note = progressNote(progress);
      tools.onProgress({ step: 'performance', doneCount, totalCount, note });
    },
    signal: tools.signal,
  });
  if (end.endedBy === 'aborted') tools.signal.throwIfAborted();
  return {
    endedBy: end.endedBy,
    doneCount: end.doneCount,
    rows: writer.statistics(),
    answers: keeper.answers(),
    error: end.endedBy === 'query-failed' ? errorRecord(end.error) : null,
  };
}

async function serve(
  side: DeviceSide,
  { settings, bridge }: DutThreadCalls['serve']['argument'],
  tools: CallTools,
): Promise<ServedLoad> {
  const keeper = answerKeeper(loadPlanOf(settings));
  const { dut, clock } = side;
  const shared = {
    bridge,
    clock,
    queryDeadlineMs: settings.queryDeadlineMs,
    signal: tools.signal,
  };
  const { hung } =
    dut.concurrent === undefined
      ? await serveQueries({ ...shared, target: keeper.keepOf(queryTarget(side)) })
      : await serveConcurrently({
          ...shared,
          device: keeper.keepOfConcurrent(concurrentDevice(side, dut.concurrent)),
        });
  return { hung, answers: keeper.answers() };
}

/** The calls of `dut-thread-protocol.ts`, done with the device. Pure wiring: everything timed is in the load generator. */
export function dutCallHandlers(side: DeviceSide): DutCallHandlers {
  const { dut } = side;
  return {
    identify: (_none, { signal }) => dut.identify(signal),
    awaitBoot: async (_none, { signal }) => {
      await dut.awaitBoot(signal);
      return null;
    },
    answer: async ({ sampleIndex }, { signal }) => {
      await dut.load(sampleAt(side, sampleIndex), signal);
      const { output, deviceDurationNs, tokens } = await dut.infer(signal);
      const hasDetails = deviceDurationNs !== undefined || tokens !== undefined;
      return { output: [...output], hasDetails };
    },
    accuracy: (request, tools) => accuracy(side, request, tools),
    load: (argument, tools) => load(side, argument, tools),
    serve: (argument, tools) => serve(side, argument, tools),
    window: async ({ sampleIndex, inferenceCount }, { signal }) => {
      await dut.load(sampleAt(side, sampleIndex), signal);
      return dut.inferWindow(inferenceCount, signal);
    },
    stream: async (request, { signal }) => {
      if (dut.stream === undefined)
        throw labError('dut/unsupported', 'the device takes samples, it does not listen');
      return dut.stream(request, signal);
    },
    counters: async () => dut.counters(),
    deploy: async (_none, { signal }) => {
      await dut.deploy?.(signal);
      return dut.deploy !== undefined;
    },
    deviceClock: async () => dut.deviceClock?.() ?? null,
    release: async (_none, { signal }) => {
      await dut.release(signal);
      return null;
    },
    close: async () => {
      await dut[Symbol.asyncDispose]();
      return null;
    },
  };
}
