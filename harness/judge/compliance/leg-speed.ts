import type { AuditBasis } from '#harness/contracts/records/audit-record.ts';
import type { Scenario } from '#harness/contracts/records/run-record.ts';

import type { QueryLog } from '../raw/query-blocks.ts';
import { rowStatus } from '../raw/query-row.ts';
import { valuesAtRanks } from '../statistics/rank-finder.ts';

/** What one leg's query log says. */
export interface LegSpeed {
  /** Queries that ended: completed, failed or lost; samples, offline. */
  readonly queryCount: number;
  readonly completedCount: number;
  /** Failed or lost. */
  readonly unansweredCount: number;
  /** Of the completed queries; 0 without any. */
  readonly meanLatencyNs: number;
  /** What is compared, by the basis of the scenario; 0 without completed queries. */
  readonly comparedNs: number;
  /** From the first scheduled instant to the last completion; 0 without any. */
  readonly spanNs: number;
  /**
   * Completed over scheduled queries per second, each over its own span, so that a steady latency does not count;
   * below 1 when the device falls behind the schedule. 1 with fewer than two completed queries.
   */
  readonly completedShare: number;
}

/** What is compared of a leg: of a server the median, for its throughput is set by the schedule. */
export function basisOf(scenario: Scenario): AuditBasis {
  if (scenario === 'offline') return 'time-per-sample';
  return scenario === 'single-stream' || scenario === 'multi-stream'
    ? 'mean-latency'
    : 'median-latency';
}

interface Sums {
  completedCount: number;
  unansweredCount: number;
  latencyNs: number;
  latencyNsMax: number;
  firstScheduledNs: number;
  lastScheduledNs: number;
  firstCompletedNs: number;
  lastCompletedNs: number;
}

function addCompleted(sums: Sums, scheduledAtNs: number, latencyNs: number): void {
  const completedAtNs = scheduledAtNs + latencyNs;
  sums.completedCount += 1;
  sums.latencyNs += latencyNs;
  sums.latencyNsMax = Math.max(sums.latencyNsMax, latencyNs);
  sums.firstScheduledNs = Math.min(sums.firstScheduledNs, scheduledAtNs);
  sums.lastScheduledNs = Math.max(sums.lastScheduledNs, scheduledAtNs);
  sums.firstCompletedNs = Math.min(sums.firstCompletedNs, completedAtNs);
  sums.lastCompletedNs = Math.max(sums.lastCompletedNs, completedAtNs);
}

function summed(log: QueryLog): Sums {
  const sums: Sums = {
    completedCount: 0,
    unansweredCount: 0,
    latencyNs: 0,
    latencyNsMax: 0,
    firstScheduledNs: Number.POSITIVE_INFINITY,
    lastScheduledNs: 0,
    firstCompletedNs: Number.POSITIVE_INFINITY,
    lastCompletedNs: 0,
  };
  log.scan(({ rowCount, scheduledAtNs, latencyNs, status }) => {
    for (let row = 0; row < rowCount; row += 1) {
      const rowState = status[row];
      if (rowState === rowStatus.completed)
        addCompleted(sums, scheduledAtNs[row] ?? 0, latencyNs[row] ?? 0);
      else if (rowState === rowStatus.failed || rowState === rowStatus.lost)
        sums.unansweredCount += 1;
    }
  });
  return sums;
}

/** sorted[floor(n / 2)] of the completed queries, exact, in constant memory. */
function medianLatencyNs(log: QueryLog, completedCount: number): number {
  const rank = Math.floor(completedCount / 2);
  const scan = (show: (values: Float64Array, count: number) => void): void =>
    log.scan(({ rowCount, latencyNs, status }) => {
      const values = new Float64Array(rowCount);
      let count = 0;
      for (let row = 0; row < rowCount; row += 1) {
        if (status[row] !== rowStatus.completed) continue;
        values[count] = latencyNs[row] ?? 0;
        count += 1;
      }
      show(values, count);
    });
  return valuesAtRanks(scan, () => [rank]).get(rank) ?? 0;
}

/** Reads a leg's speed from its log; late, duplicate and unknown completions do not count. */
export function legSpeed(log: QueryLog, scenario: Scenario): LegSpeed {
  const sums = summed(log);
  const { completedCount, unansweredCount } = sums;
  const queryCount = completedCount + unansweredCount;
  const none = { meanLatencyNs: 0, comparedNs: 0, spanNs: 0, completedShare: 1 };
  if (completedCount === 0) return { queryCount, completedCount, unansweredCount, ...none };
  const meanLatencyNs = sums.latencyNs / completedCount;
  const compared = {
    'mean-latency': () => meanLatencyNs,
    'median-latency': () => medianLatencyNs(log, completedCount),
    'time-per-sample': () => sums.latencyNsMax / completedCount,
  };
  const completedSpanNs = sums.lastCompletedNs - sums.firstCompletedNs;
  return {
    queryCount,
    completedCount,
    unansweredCount,
    meanLatencyNs,
    comparedNs: compared[basisOf(scenario)](),
    spanNs: sums.lastCompletedNs - sums.firstScheduledNs,
    completedShare:
      completedSpanNs > 0 ? (sums.lastScheduledNs - sums.firstScheduledNs) / completedSpanNs : 1,
  };
}
