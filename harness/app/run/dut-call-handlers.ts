import type { Dut } from '#harness/contracts/dut.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import { encodeQueryLog } from '#harness/judge/raw/query-log.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import type { LoadEnd } from '#harness/loadgen/load-end.ts';
import type { QueryTarget } from '#harness/loadgen/query-target.ts';
import { latencyRecorder } from '#harness/loadgen/recorder/latency-recorder.ts';
import { runAccuracy } from '#harness/loadgen/scenarios/accuracy.ts';
import type { LoadOptions } from '#harness/loadgen/scenarios/load-options.ts';
import { runOffline } from '#harness/loadgen/scenarios/offline.ts';
import { runSingleStream } from '#harness/loadgen/scenarios/single-stream.ts';

import type { DutCallName, DutThreadCalls, LoadOutcome } from './dut-thread-protocol.ts';
import type { DutCallListener } from './dut-thread.ts';

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
  const end = await runAccuracy({
    target: queryTarget(side),
    clock: side.clock,
    queryDeadlineMs: settings.queryDeadlineMs,
    sampleCount: settings.accuracySampleCount,
    doneIndices: new Set(request.doneIndices),
    onOutput: (sampleIndex, output) => tools.onSample(sampleIndex, [...output]),
    onProgress: (progress) => tools.onProgress({ step: 'accuracy', ...progress, note: 'samples' }),
    signal: tools.signal,
  });
  rethrow(end, tools.signal);
  return null;
}

/** How long the rate is tried before an offline load, whose size must be set before it starts. */
const offlineTrialMs = 200;
/** Rates change with heat: the load is this much larger than the trial says. */
const offlineMargin = 1.2;

/** How many samples an offline load needs to last for `minDurationMs`, from a short untimed trial. */
async function offlineSampleCount(
  side: DeviceSide,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<number> {
  const target = queryTarget(side);
  const startedAtNs = side.clock.nowNs();
  let trialCount = 0;
  let elapsedNs = 0;
  while (elapsedNs < offlineTrialMs * 1e6) {
    const sampleIndex = trialCount % settings.performanceSampleCount;
    await target.stage(sampleIndex, signal);
    await target.issue(sampleIndex, signal);
    trialCount += 1;
    elapsedNs = side.clock.nowNs() - startedAtNs;
  }
  const needed = (trialCount * settings.minDurationMs * 1e6 * offlineMargin) / elapsedNs;
  return Math.max(settings.minQueryCount, Math.ceil(needed));
}

async function load(
  side: DeviceSide,
  settings: RunSettings,
  tools: CallTools,
): Promise<LoadOutcome> {
  const recorder = latencyRecorder();
  const options: LoadOptions = {
    target: queryTarget(side),
    clock: side.clock,
    settings,
    recorder,
    onProgress: (progress) =>
      tools.onProgress({ step: 'performance', ...progress, note: 'queries' }),
    signal: tools.signal,
  };
  const end = await (settings.scenario === 'offline'
    ? runOffline({
        ...options,
        sampleCount: await offlineSampleCount(side, settings, tools.signal),
      })
    : runSingleStream(options));
  if (end.endedBy === 'aborted') tools.signal.throwIfAborted();
  return {
    queryFile: encodeQueryLog(recorder.log()),
    completedCount: end.doneCount,
    endedBy: end.endedBy,
    error: end.endedBy === 'query-failed' ? errorRecord(end.error) : null,
  };
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
      const { output } = await dut.infer(signal);
      return [...output];
    },
    accuracy: (request, tools) => accuracy(side, request, tools),
    load: ({ settings }, tools) => load(side, settings, tools),
    window: async ({ sampleIndex, inferenceCount }, { signal }) => {
      await dut.load(sampleAt(side, sampleIndex), signal);
      return dut.inferWindow(inferenceCount, signal);
    },
    counters: async () => dut.counters(),
    release: async (_none, { signal }) => {
      await dut.release(signal);
      return null;
    },
  };
}
