import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { rowStatus } from '../raw/query-row.ts';
import { equalIssueMultiple } from '../rules/load-needs.ts';
import {
  earlyStoppingOverCount,
  limitEarlyStopping,
} from '../statistics/early-stopping.ts';
import type { TestRow } from './log-of-rows.ts';

/** A device that answers one query after the other. */
export interface SyntheticDevice {
  /** How long query k takes in nanoseconds. */
  readonly serviceNs: (query: number) => number;
  /** Numbers 0 <= x < 1 for arrivals; the same each time. */
  readonly chance: () => () => number;
}

const ns = 1e6;

function uniqueCount({ selection, performanceSampleCount, samplesPerQuery = 1 }: RunSettings): number {
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

function serverRows(settings: RunSettings, device: SyntheticDevice): TestRow[] {
  const rows: TestRow[] = [];
  const { minQueryCount, minDurationMs, maxDurationMs, targetQps = 1 } = settings;
  const { targetLatencyNs = 0, outstandingCountMax = Number.POSITIVE_INFINITY } = settings;
  const multiple = equalIssueMultiple(settings);
  const chance = device.chance();
  const endsNs: number[] = [];
  let [atNs, lastNs, freeNs, overCount, oldest] = [0, 0, 0, 0, 0];
  for (;;) {
    const isEnough =
      rows.length >= minQueryCount &&
      lastNs >= minDurationMs * ns &&
      rows.length % multiple === 0 &&
      isSettled(settings, rows.length, overCount);
    if (isEnough || rows.length >= uniqueCount(settings)) return rows;
    while ((endsNs[oldest] ?? Number.POSITIVE_INFINITY) <= atNs) oldest += 1;
    if (atNs >= maxDurationMs * ns || endsNs.length - oldest >= outstandingCountMax) return rows;
    freeNs = Math.max(freeNs, atNs) + device.serviceNs(rows.length);
    const latencyNs = Math.floor(freeNs - atNs);
    rows.push({ scheduledAtNs: atNs, latencyNs });
    endsNs.push(freeNs);
    overCount += latencyNs > targetLatencyNs ? 1 : 0;
    lastNs = atNs;
    atNs += Math.trunc((-Math.log(1 - chance()) / targetQps) * 1e9);
  }
}

/** The rows that a load with these settings leaves of a device. */
export function syntheticLoad(settings: RunSettings, device: SyntheticDevice): TestRow[] {
  switch (settings.scenario) {
    case 'server':
      return serverRows(settings, device);
    case 'offline':
      return offlineRows(settings, device);
    default:
      return streamRows(settings, device);
  }
}
