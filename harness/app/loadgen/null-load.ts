import process from 'node:process';

import type { Clock } from '#harness/kernel/clock.ts';
import type { LoadCore, LoadLimits } from '#harness/loadgen/core/load-core-options.ts';
import { loadCore } from '#harness/loadgen/core/load-core.ts';
import type { LoadEnd } from '#harness/loadgen/load-end.ts';
import type { CompletionSink, LoadTarget } from '#harness/loadgen/load-target.ts';
import {
  pumpPrecisely,
  type PacingStatistics,
  type PumpWait,
} from '#harness/loadgen/pacing/pump-precisely.ts';
import { spinWindow, type SpinWindow } from '#harness/loadgen/pacing/spin-window.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import { querySource } from '#harness/loadgen/plan/query-source.ts';

import { heldHeapBytes } from './held-heap-bytes.ts';
import type { NullLoad, NullLoadOutcome } from './null-load-protocol.ts';
import { nullRows } from './null-rows.ts';

const sampleCount = 1024;
const multiStreamSampleCount = 8;
const queryDeadlineMs = 10_000;
/** A load that does not settle by then ends as it is. */
const overtimeMs = 5000;

/** A device that has every answer at once. */
interface NullDevice {
  readonly target: LoadTarget;
  /** Run-clock instant of the first query; NaN before it. */
  readonly firstIssueAtNs: () => number;
}

function nullDevice(clock: Clock): NullDevice {
  let sink: CompletionSink | undefined;
  let firstIssueAtNs = Number.NaN;
  return {
    target: {
      connect: (connected) => {
        sink = connected;
      },
      issue: ({ firstQueryId, queryCount }) => {
        const atNs = clock.nowNs();
        if (firstQueryId === 0) firstIssueAtNs = atNs;
        if (queryCount === 1) sink?.complete(firstQueryId, atNs);
        else sink?.completeRange(firstQueryId, queryCount, atNs);
        return queryCount;
      },
    },
    firstIssueAtNs: () => firstIssueAtNs,
  };
}

/** Sleeps that nothing cuts short but their end. */
function ownWait(isAborted: () => boolean): PumpWait {
  const word = new Int32Array(new SharedArrayBuffer(4));
  return {
    ticket: () => 0,
    sleep: (durationNs) => Atomics.wait(word, 0, 0, durationNs / 1e6) === 'timed-out',
    isAborted,
  };
}

const noSpin: SpinWindow = { windowNs: () => 0, note: () => {} };

/** What a plain scheduler does: a timer of the event loop for each query. */
async function pumpWithTimers(
  core: LoadCore,
  clock: Clock,
  isAborted: () => boolean,
): Promise<LoadEnd> {
  for (;;) {
    if (isAborted()) return core.abort();
    const nowNs = clock.nowNs();
    const end = core.poll(nowNs);
    if (end !== undefined) return end;
    const leftMs = (core.dueAtNs() - clock.nowNs()) / 1e6;
    if (leftMs > 0) await clock.sleep(Math.min(leftMs, 50));
  }
}

function planOf(load: NullLoad): LoadPlanSettings {
  return {
    scenario: load.scenario,
    mode: 'performance',
    order: load.order,
    selection: 'normal',
    sameIndex: 0,
    seeds: { qsl: '1', sampleIndex: '2', schedule: '3', accuracyLog: '4' },
    librarySampleCount: sampleCount,
    performanceSampleCount: sampleCount,
    samplesPerQuery: load.scenario === 'multi-stream' ? multiStreamSampleCount : 1,
    minDurationMs: load.seconds * 1000,
    minQueryCount: load.minQueryCount,
    qps: load.qps,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: 0,
  };
}

/** Streams count the time in queries, of which a null device leaves little: their load is the wall time. */
function limitsOf({ scenario, seconds, ...load }: NullLoad): LoadLimits {
  const isStream = scenario === 'single-stream' || scenario === 'multi-stream';
  const durationMs = seconds * 1000;
  return {
    minDurationMs: durationMs,
    minQueryCount: load.minQueryCount,
    maxDurationMs: isStream ? durationMs : 2 * durationMs + overtimeMs,
    queryDeadlineMs,
    percentile: load.percentile,
    targetLatencyNs: load.targetLatencyNs,
    outstandingCountMax: load.outstandingCountMax,
  };
}

function cpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** Everything of a load but its pumping. */
interface Bench {
  readonly load: NullLoad;
  readonly clock: Clock;
  readonly core: LoadCore;
  readonly isAborted: () => boolean;
}

async function pump(
  bench: Bench,
): Promise<{ readonly end: LoadEnd; readonly pacing: PacingStatistics | null }> {
  const { load, clock, core, isAborted } = bench;
  if (load.waiting === 'timers')
    return { end: await pumpWithTimers(core, clock, isAborted), pacing: null };
  const spin = load.waiting === 'precise' ? spinWindow() : noSpin;
  return pumpPrecisely({ core, clock, wait: ownWait(isAborted), spin });
}

/** Runs a load on the null device in this thread, which it blocks, with the core, the order and the rows of a run. */
export async function runNullLoad(load: NullLoad, clock: Clock): Promise<NullLoadOutcome> {
  const keptCount = load.scenario === 'server' ? Math.ceil(load.qps * (load.seconds + 1) * 1.2) : 0;
  const rows = nullRows(clock, keptCount);
  const plan = planOf(load);
  const device = nullDevice(clock);
  const heapBytesBefore = heldHeapBytes();
  const madeAtNs = clock.nowNs();
  const source = querySource(plan);
  const core = loadCore({
    scenario: load.scenario,
    source,
    target: device.target,
    rows: rows.writer,
    clock,
    limits: limitsOf(load),
  });
  const isAborted = (): boolean => load.isFirstOnly && core.tally().issuedCount > 0;
  const cpuUsBefore = cpuUs();
  const startedAtNs = clock.nowNs();
  const { end, pacing } = await pump({ load, clock, core, isAborted });
  const elapsedNs = clock.nowNs() - startedAtNs;
  const usedUs = cpuUs() - cpuUsBefore;
  return {
    endedBy: end.endedBy,
    tally: { ...core.tally() },
    samplesPerQuery: source.samplesPerQuery,
    elapsedNs,
    firstIssueNs: device.firstIssueAtNs() - madeAtNs,
    cpuShare: (usedUs * 1000) / elapsedNs,
    heapGrowthBytes: heldHeapBytes() - heapBytesBefore,
    issueErrorNs: rows.issueErrorNs(),
    latencyNs: rows.latencyNs(),
    pacing,
  };
}
