import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import type { LegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import type { ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';
import type { LoadEnd, LoadProgress } from '#harness/loadgen/load-end.ts';
import type { RowRingStatistics } from '#harness/loadgen/row-ring-writer.ts';
import { makeRowRing, type RowRing } from '#harness/loadgen/row-ring.ts';

import type { IssueOutcome } from '../load/issue-thread-protocol.ts';
import { startIssueThread, type IssueThread } from '../load/issue-thread.ts';
import { createLoadBridge } from '../load/load-bridge.ts';
import { startRowLogWriter } from '../load/row-log-writer.ts';
import { loadLimitsOf, loadPlanOf } from './load-settings.ts';
import { progressNote } from './progress-note.ts';
import { deviceOf, type RunBench } from './run-bench.ts';

/** A load and where its rows go. */
export interface LoadToFile {
  readonly settings: RunSettings;
  /** Query log, relative to the bundle. */
  readonly file: string;
  /** Where the details of the queries go, when the device tells any. */
  readonly detailsFile?: string;
  /** What people read of its progress. */
  readonly step: string;
  readonly notePrefix?: string;
  /** A probe of the search for the peak: ends as soon as it is answered. */
  readonly probe?: ProbeQuestion;
  /** Kept by the caller from load to load; server loads only. Absent: made for this load. */
  readonly issueThread?: IssueThread;
}

/** How a load went whose rows are on the disk. */
export interface FiledLoad {
  readonly endedBy: LoadEnd['endedBy'];
  readonly doneCount: number;
  readonly rows: RowRingStatistics;
  readonly answers: readonly LegAnswer[];
}

/** Whether a load is issued by a thread of its own: its instants are scheduled, so no device may delay them. */
export function hasSchedule(settings: RunSettings): boolean {
  return settings.scenario === 'server' || settings.scenario === 'find-peak';
}

function tellProgress(bench: RunBench, load: LoadToFile): (progress: LoadProgress) => void {
  return (progress) => {
    const { doneCount, totalCount } = progress;
    const note = `${load.notePrefix ?? ''}${progressNote(progress)}`;
    bench.tell({ type: 'progress', step: load.step, doneCount, totalCount, note });
  };
}

/** A load issued by the device's own thread. */
async function issuedByDevice(
  bench: RunBench,
  load: LoadToFile & { readonly rows: RowRing },
  signal: AbortSignal,
): Promise<FiledLoad> {
  const { settings, rows } = load;
  const outcome = await deviceOf(bench).call(
    'load',
    { settings, rows },
    {
      signal,
      onProgress: (progress) =>
        bench.tell({
          type: 'progress',
          ...progress,
          step: load.step,
          note: `${load.notePrefix ?? ''}${progress.note}`,
        }),
    },
  );
  if (outcome.error !== null) throw thrownFromRecord(outcome.error);
  return outcome;
}

/** The device's thread is idle, so it serves within milliseconds; a busy machine gets this long. */
const awaitDeviceMs = 1000;

/** Issues from one thread while the device's thread serves; when either breaks, the other is ended. */
async function issuedByThread(
  bench: RunBench,
  load: LoadToFile & { readonly rows: RowRing; readonly issueThread: IssueThread },
  signal: AbortSignal,
): Promise<FiledLoad> {
  const { settings, rows, probe, issueThread } = load;
  const limits = loadLimitsOf(settings);
  const bridge = createLoadBridge(limits.outstandingCountMax, 1);
  const broken = new AbortController();
  const both = AbortSignal.any([signal, broken.signal]);
  const breakOff = (error: unknown): never => {
    broken.abort(error);
    throw error;
  };
  const plan = loadPlanOf(settings);
  const issuing = issueThread
    .issue(
      { plan, limits, bridge, rows, awaitDeviceMs, ...(probe === undefined ? {} : { probe }) },
      { log: bench.log, onProgress: tellProgress(bench, load), signal: both },
    )
    .catch(breakOff);
  const serving = deviceOf(bench)
    .call('serve', { settings, bridge }, { signal: both })
    .catch(breakOff);
  const [issuingEnd, servingEnd] = await Promise.allSettled([issuing, serving]);
  signal.throwIfAborted();
  if (issuingEnd.status === 'rejected') throw issuingEnd.reason;
  if (servingEnd.status === 'rejected') throw servingEnd.reason;
  const { endedBy, doneCount, rows: written, error } = issuingEnd.value;
  logIssuing(bench, issuingEnd.value);
  if (error !== null) throw thrownFromRecord(error);
  return { endedBy, doneCount, rows: written, answers: servingEnd.value.answers };
}

/** How well the schedule was kept, beside what the rows say. */
function logIssuing(bench: RunBench, { endedBy, tally, pacing, cpuShare }: IssueOutcome): void {
  const fields = { endedBy, ...tally, ...pacing, cpuShare };
  bench.log({ level: 'info', message: 'load issued', fields });
}

async function issueLoad(
  bench: RunBench,
  load: LoadToFile & { readonly rows: RowRing },
  signal: AbortSignal,
): Promise<FiledLoad> {
  if (!hasSchedule(load.settings)) return issuedByDevice(bench, load, signal);
  if (load.issueThread !== undefined)
    return issuedByThread(bench, { ...load, issueThread: load.issueThread }, signal);
  await using issueThread = await startIssueThread({ originNs: bench.originNs.toString() }, signal);
  return await issuedByThread(bench, { ...load, issueThread }, signal);
}

/**
 * Runs one load; another thread writes its rows while it runs, so that a kill leaves all but the last moments. The
 * files are complete and synced when it returns, however the load ended.
 *
 * @throws LabError of the device when a stream's query failed; evidence/disk-full, evidence/write-failed
 */
export async function runLoadToFile(
  bench: RunBench,
  load: LoadToFile,
  signal: AbortSignal,
): Promise<FiledLoad> {
  const rows = makeRowRing({
    hasDetails: bench.found.hasDetails === true && load.detailsFile !== undefined,
  });
  const path = join(bench.order.bundleDir, load.file);
  mkdirSync(dirname(path), { recursive: true });
  const detailsPath =
    rows.details === undefined || load.detailsFile === undefined
      ? {}
      : { detailsPath: join(bench.order.bundleDir, load.detailsFile) };
  await using writer = await startRowLogWriter(
    { path, ...detailsPath, ring: rows },
    bench.log,
    signal,
  );
  const both = AbortSignal.any([signal, writer.failed]);
  const [done, closed] = [
    await settled(issueLoad(bench, { ...load, rows }, both)),
    await settled(writer.close()),
  ];
  // The disk's error is the cause of whatever the load met after it.
  if (closed.status === 'rejected') throw closed.reason;
  if (done.status === 'rejected') throw done.reason;
  const { endedBy, doneCount } = done.value;
  const fields = { file: load.file, endedBy, doneCount, ...done.value.rows };
  bench.log({ level: 'info', message: 'load ended', fields });
  return done.value;
}

async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([promise]);
  return outcome;
}
