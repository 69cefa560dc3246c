import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { rowStatus } from '../raw/query-row.ts';
import { equalIssueMultiple } from '../rules/load-needs.ts';
import { earlyStoppingOverCount, limitEarlyStopping } from '../statistics/early-stopping.ts';
import type { TestRow } from './log-of-rows.ts';

/** A device that answers one query after the other. */
export interface SyntheticDevice {
  /** How long query k takes in nanoseconds. */
  readonly serviceNs: (query: number) => number;
  /** Numbers 0 <= x < 1 for arrivals; the same each time. */
  readonly chance: () => () => number;
}

const ns = 1e6;

function uniqueCount({
  selection,
  performanceSampleCount,
  samplesPerQuery = 1,
}: RunSettings): number {
  return selection === 'unique'
    ? Math.floor(performanceSampleCount / samplesPerQuery)
    : Number.POSITIVE_INFINITY;
}

/** A stream as the load generator runs it: until it is enough, its samples are spent, or its ceiling comes. */
function streamRows(settings: RunSettings, device: SyntheticDevice): TestRow[] {
  const rows: TestRow[] = [];
  const { percentile, minQueryCount, minDurationMs, maxDurationMs, queryDeadlineMs } = settings;
  const multiple = equalIssueMultiple(settings);
  let [atNs, timedNs] = [0, 0];
  for (;;) {
    const isEnough =
      rows.length >= minQueryCount &&
      timedNs >= minDurationMs * ns &&
      rows.length % multiple === 0 &&
      earlyStoppingOverCount(percentile, rows.length) !== undefined;
    if (isEnough || atNs >= maxDurationMs * ns || rows.length >= uniqueCount(settings)) return rows;
    const latencyNs = device.serviceNs(rows.length);
    if (latencyNs > queryDeadlineMs * ns) {
      rows.push({ scheduledAtNs: atNs, status: rowStatus.lost });
      rows.push({ scheduledAtNs: atNs, latencyNs, status: rowStatus.late });
      return rows;
    }
    rows.push({ scheduledAtNs: atNs, latencyNs });
    timedNs += latencyNs;
    atNs += latencyNs + 1000;
  }
}

/** Offline: samples are issued until there are enough and the minimum duration is over. */
function offlineRows(settings: RunSettings, device: SyntheticDevice): TestRow[] {
  const rows: TestRow[] = [];
  const { minQueryCount, minDurationMs, maxDurationMs } = settings;
  const multiple = equalIssueMultiple(settings);
  let atNs = 0;
  for (;;) {
    const isEnough =
      rows.length >= minQueryCount && atNs >= minDurationMs * ns && rows.length % multiple === 0;
    if (isEnough || atNs >= maxDurationMs * ns || rows.length >= uniqueCount(settings)) return rows;
    atNs += device.serviceNs(rows.length);
    rows.push({ scheduledAtNs: 0, latencyNs: atNs });
  }
}

/** Whether going on would change nothing: proven, or over the limit. */
function isSettled({ percentile }: RunSettings, queryCount: number, overCount: number): boolean {
  if (queryCount === 0) return false;
  if (overCount / queryCount >= 1 - percentile) return true;
  return limitEarlyStopping(percentile, { queryCount, overCount }).met;
}

/** A server load while it runs. */
interface ServerRun {
  readonly rows: TestRow[];
  /** When each query is answered, in order. */
  readonly endsNs: number[];
  lastNs: number;
  overCount: number;
  /** The first that is not answered yet. */
  oldest: number;
}

function hasEnough(settings: RunSettings, { rows, lastNs, overCount }: ServerRun): boolean {
  const { minQueryCount, minDurationMs } = settings;
  return (
    rows.length >= minQueryCount &&
    lastNs >= minDurationMs * ns &&
    rows.length % equalIssueMultiple(settings) === 0 &&
    isSettled(settings, rows.length, overCount)
  );
}

/** Whether the ceiling came, or more queries wait than may. */
function isCutOff(settings: RunSettings, run: ServerRun, atNs: number): boolean {
  const { maxDurationMs, outstandingCountMax = Number.POSITIVE_INFINITY } = settings;
  while ((run.endsNs[run.oldest] ?? Number.POSITIVE_INFINITY) <= atNs) run.oldest += 1;
  return atNs >= maxDurationMs * ns || run.endsNs.length - run.oldest >= outstandingCountMax;
}

function serverRows(settings: RunSettings, device: SyntheticDevice): TestRow[] {
  const { targetQps = 1, targetLatencyNs = 0 } = settings;
  const run: ServerRun = { rows: [], endsNs: [], lastNs: 0, overCount: 0, oldest: 0 };
  const { rows, endsNs } = run;
  const chance = device.chance();
  let atNs = 0;
  while (!hasEnough(settings, run) && rows.length < uniqueCount(settings)) {
    if (isCutOff(settings, run, atNs)) break;
    const freeNs = Math.max(endsNs.at(-1) ?? 0, atNs) + device.serviceNs(rows.length);
    const latencyNs = Math.floor(freeNs - atNs);
    rows.push({ scheduledAtNs: atNs, latencyNs });
    endsNs.push(freeNs);
    run.overCount += latencyNs > targetLatencyNs ? 1 : 0;
    run.lastNs = atNs;
    atNs += Math.trunc((-Math.log(1 - chance()) / targetQps) * 1e9);
  }
  return rows;
}

/** The rows that a load with these settings leaves of a device. */
export function syntheticLoad(settings: RunSettings, device: SyntheticDevice): TestRow[] {
  switch (settings.scenario) {
    case 'server':
      return serverRows(settings, device);
    case 'offline':
      return offlineRows(settings, device);
    case 'single-stream':
    case 'multi-stream':
    case 'find-peak':
      return streamRows(settings, device);
  }
}
