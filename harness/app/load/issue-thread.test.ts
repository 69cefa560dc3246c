import process from 'node:process';
import { MessageChannel, Worker } from 'node:worker_threads';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { queryRowWordCount, readQueryRow, rowStatus } from '#harness/judge/raw/query-row.ts';
import type { LoadLimits } from '#harness/loadgen/core/load-core-options.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import { makeRowRing, ringWord, type RowRing } from '#harness/loadgen/row-ring.ts';

import type { IssueLoad, IssueOutcome } from './issue-thread-protocol.ts';
import { startIssueThread, type IssueListener, type IssueThread } from './issue-thread.ts';
import { createLoadBridge } from './load-bridge.ts';
import type { ServeOutcome } from './serve-queries.ts';
import type { DeviceScript, ScriptedDevice } from './testing/scripted-device-entry.ts';

const originNs = String(process.hrtime.bigint());
let device: Worker;
let thread: IssueThread;

beforeAll(async () => {
  device = new Worker(new URL('testing/scripted-device-entry.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  thread = await startIssueThread({ originNs }, AbortSignal.timeout(20_000));
});

afterAll(async () => {
  await thread[Symbol.asyncDispose]();
  await device.terminate();
});

const plan: LoadPlanSettings = {
  scenario: 'server',
  mode: 'performance',
  order: 'portable',
  selection: 'normal',
  sameIndex: 0,
  seeds: { qsl: '1', sampleIndex: '2', schedule: '3', accuracyLog: '4' },
  librarySampleCount: 10,
  performanceSampleCount: 10,
  samplesPerQuery: 1,
  minDurationMs: 50,
  minQueryCount: 200,
  qps: 2000,
  accuracyLogProbability: 0,
  accuracyLogSamplingTarget: 0,
};

const limits: LoadLimits = {
  minDurationMs: 50,
  minQueryCount: 200,
  maxDurationMs: 10_000,
  queryDeadlineMs: 1000,
  percentile: 0.5,
  targetLatencyNs: 1e9,
  outstandingCountMax: 1000,
};

function loadOf(changes: Partial<IssueLoad> = {}): IssueLoad {
  const rows = makeRowRing({ rowCapacity: 4096 });
  return { plan, limits, bridge: createLoadBridge(1000, 1), rows, ...changes };
}

function serveWith(script: DeviceScript, { bridge }: IssueLoad): Promise<ServeOutcome> {
  const { port1, port2 } = new MessageChannel();
  const served = new Promise<ServeOutcome>((resolve) => {
    port1.once('message', resolve);
  });
  const task: ScriptedDevice = { script, bridge, originNs, port: port2 };
  device.postMessage(task, [port2]);
  return served.finally(() => port1.close());
}

function listenerOf(changes: Partial<IssueListener> = {}): IssueListener {
  const signal = AbortSignal.timeout(20_000);
  return { log: () => {}, onProgress: () => {}, signal, ...changes };
}

async function run(
  script: DeviceScript,
  load: IssueLoad,
  listener: IssueListener = listenerOf(),
): Promise<{ outcome: IssueOutcome; served: ServeOutcome }> {
  const serving = serveWith(script, load);
  const outcome = await thread.issue(load, listener);
  return { outcome, served: await serving };
}

function statusesOf({ rows, control }: RowRing): number[] {
  const words = new Uint32Array(rows);
  const rowCount = Atomics.load(new Int32Array(control), ringWord.added);
  return Array.from(
    { length: rowCount },
    (_none, row) => readQueryRow(words, row * queryRowWordCount).status,
  );
}

test('a load through both threads completes, with a row for each query', async () => {
  const load = loadOf();
  const { outcome, served } = await run({ type: 'answers', afterMs: 0 }, load);
  expect(outcome).toMatchObject({ endedBy: 'complete', error: null, decision: null });
  const { issuedCount } = outcome.tally;
  expect(issuedCount).toBeGreaterThanOrEqual(200);
  expect(outcome.tally).toMatchObject({ completedCount: issuedCount, lostCount: 0 });
  expect(outcome.rows).toEqual({ rowCount: issuedCount, stallNs: 0, stallCount: 0 });
  expect(served).toEqual({ completedCount: issuedCount, failedCount: 0, hung: false });
  expect(statusesOf(load.rows).filter((status) => status !== rowStatus.completed)).toEqual([]);
  expect(outcome.endedAtNs - outcome.startedAtNs).toBeGreaterThan(50e6);
});

test('a slow device with a ring of 4 holds queries back and not the schedule', async () => {
  const load = loadOf({ bridge: createLoadBridge(4, 1) });
  const { outcome } = await run({ type: 'answers', afterMs: 1 }, load);
  expect(outcome.endedBy).toBe('complete');
  const words = new Uint32Array(load.rows.rows);
  const rows = Array.from({ length: outcome.rows.rowCount }, (_none, row) =>
    readQueryRow(words, row * queryRowWordCount),
  );
  // 200 queries are due in 0.1 s and take 0.2 s at least: the last ones wait in line.
  expect(Math.max(...rows.map(({ issueDelayNs }) => issueDelayNs))).toBeGreaterThan(5e6);
  const scheduledNs = rows.map(({ scheduledAtNs }) => scheduledAtNs);
  expect(Math.max(...scheduledNs) - Math.min(...scheduledNs)).toBeLessThan(300e6);
});

test('the schedule begins when the device serves; without one it begins after the time it waits', async () => {
  const load = loadOf({ awaitDeviceMs: 20_000 });
  const issuing = thread.issue(load, listenerOf());
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(statusesOf(load.rows)).toEqual([]);
  const serving = serveWith({ type: 'answers', afterMs: 0 }, load);
  expect((await issuing).endedBy).toBe('complete');
  await serving;
  const alone = loadOf({ awaitDeviceMs: 5, limits: { ...limits, queryDeadlineMs: 20 } });
  const { tally } = await thread.issue(alone, listenerOf());
  expect(tally.lostCount).toBe(tally.issuedCount);
});

test('an abort is heard while the schedule has not begun', async () => {
  const abort = new AbortController();
  const load = loadOf({ awaitDeviceMs: 60_000 });
  const issuing = thread.issue(load, listenerOf({ signal: abort.signal }));
  abort.abort();
  expect(await issuing).toMatchObject({ endedBy: 'aborted', tally: { issuedCount: 0 } });
});

test('more queries than may be outstanding end the load as overloaded', async () => {
  const load = loadOf({ limits: { ...limits, outstandingCountMax: 16 } });
  const { outcome } = await run({ type: 'answers', afterMs: 20 }, load);
  expect(outcome.endedBy).toBe('overloaded');
});

test('lost completions end as lost at their deadline, and the load ends', async () => {
  const load = loadOf({ limits: { ...limits, queryDeadlineMs: 100 } });
  const lines: string[] = [];
  const listener = listenerOf({ log: ({ message }) => void lines.push(message) });
  const { outcome } = await run({ type: 'silent' }, load, listener);
  expect(outcome.tally.lostCount).toBe(outcome.tally.issuedCount);
  expect(statusesOf(load.rows).filter((status) => status !== rowStatus.lost)).toEqual([]);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(100);
});

test('refused queries are rows, and the load goes on', async () => {
  const load = loadOf();
  const { outcome, served } = await run({ type: 'refuses' }, load);
  expect(outcome.tally.failedCount).toBe(served.failedCount);
  expect(served.failedCount).toBeGreaterThan(50);
  const failed = statusesOf(load.rows).filter((status) => status === rowStatus.failed);
  expect(failed.length).toBe(served.failedCount);
});

test('a device that hangs fails its query and all that follow, and the load ends', async () => {
  const { outcome, served } = await run({ type: 'hangs' }, loadOf());
  expect(served).toMatchObject({ completedCount: 0, hung: true });
  expect(outcome.tally.completedCount).toBe(0);
  expect(outcome.tally.failedCount + outcome.tally.lostCount).toBe(outcome.tally.issuedCount);
});

test('an abort ends the load as aborted while the thread sleeps, and progress came before it', async () => {
  const abort = new AbortController();
  const load = loadOf({
    plan: { ...plan, qps: 5 },
    limits: { ...limits, minDurationMs: 3_600_000, maxDurationMs: 7_200_000 },
  });
  const counts: number[] = [];
  const { outcome, served } = await run(
    { type: 'answers', afterMs: 0 },
    load,
    listenerOf({
      signal: abort.signal,
      onProgress: ({ doneCount }) => {
        counts.push(doneCount);
        if (doneCount > 0) abort.abort();
      },
    }),
  );
  expect(outcome.endedBy).toBe('aborted');
  expect(counts.length).toBeGreaterThan(0);
  // What was answered at that very moment is not heard any more.
  expect(served.completedCount).toBeGreaterThanOrEqual(outcome.tally.completedCount);
});

test('a signal that has aborted already issues nothing and ends the bridge', async () => {
  const load = loadOf();
  const serving = serveWith({ type: 'answers', afterMs: 0 }, load);
  const listener = listenerOf({ signal: AbortSignal.abort(new Error('not any more')) });
  await expect(thread.issue(load, listener)).rejects.toThrow('not any more');
  expect(await serving).toEqual({ completedCount: 0, failedCount: 0, hung: false });
});

test('a thread that is gone is told, and the other end of the bridge with it', async () => {
  const gone = await startIssueThread({ originNs }, AbortSignal.timeout(20_000));
  const load = loadOf({ plan: { ...plan, qps: 1 }, limits: { ...limits, minDurationMs: 60_000 } });
  const serving = serveWith({ type: 'answers', afterMs: 0 }, load);
  const issuing = gone.issue(load, listenerOf());
  const [refused] = await Promise.allSettled([issuing, gone[Symbol.asyncDispose]()]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'run/child-died' } });
  expect((await serving).hung).toBe(false);
});

test('a probe ends as decided when its question is answered', async () => {
  const probe = {
    targetQps: 2000,
    targetLatencyNs: 1e9,
    percentile: 0.9,
    minDurationMs: 100,
    maxDurationMs: 5000,
  };
  const load = loadOf({ limits: { ...limits, minDurationMs: 5000 }, probe });
  const { outcome } = await run({ type: 'answers', afterMs: 0 }, load);
  expect(outcome).toMatchObject({ endedBy: 'decided', decision: 'holds' });
});
