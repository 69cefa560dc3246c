import type { QueryBlock, QueryLog } from '../raw/query-blocks.ts';
import { rowStatus } from '../raw/query-row.ts';
import { probeDecision, type ProbeDecision } from './probe-decision.ts';

/** What a probe was asked; plain data, so that it crosses threads. */
export interface ProbeQuestion {
  readonly targetQps: number;
  readonly targetLatencyNs: number;
  /** In 0 < p < 1. */
  readonly percentile: number;
  /** A rate holds not before. */
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  /** The full length of a probe of this search; default `maxDurationMs`. A shorter one only explores. */
  readonly fullDurationMs?: number;
}

/** Whether a probe can say more than its counts: it overflowed the queue, or lost the device. */
export interface ProbeEnd {
  readonly isOverloaded: boolean;
}

/** What a probe found; made from its query log alone. */
export interface ProbeFindings {
  readonly decision: ProbeDecision;
  /** Completed, failed or lost. */
  readonly queryCount: number;
  readonly overLimitCount: number;
  readonly lostCount: number;
  /** Last scheduled instant since the first. */
  readonly durationMs: number;
  /** Of the completed queries; NaN without any. */
  readonly meanLatencyNs: number;
  /** Completed queries over the time from the first scheduled instant to the last completion. */
  readonly completedPerSecond: number;
}

const nsPerMs = 1e6;
const nsPerSecond = 1e9;

interface Extent {
  queryCount: number;
  overCount: number;
  completedCount: number;
  lostCount: number;
  latencySumNs: number;
  firstScheduledNs: number;
  lastScheduledNs: number;
  lastCompletionNs: number;
}

function isTerminal(status: number | undefined): boolean {
  return status === rowStatus.completed || status === rowStatus.failed || status === rowStatus.lost;
}

function widen(extent: Extent, block: QueryBlock, row: number): void {
  const scheduledNs = block.scheduledAtNs[row] ?? Number.NaN;
  extent.queryCount += 1;
  extent.firstScheduledNs = Math.min(extent.firstScheduledNs, scheduledNs);
  extent.lastScheduledNs = Math.max(extent.lastScheduledNs, scheduledNs);
  if (block.status[row] === rowStatus.lost) extent.lostCount += 1;
  if (block.status[row] !== rowStatus.completed) return;
  const latencyNs = block.latencyNs[row] ?? Number.NaN;
  extent.completedCount += 1;
  extent.latencySumNs += latencyNs;
  extent.lastCompletionNs = Math.max(extent.lastCompletionNs, scheduledNs + latencyNs);
}

/** Whether a query counts against the rate: strictly over the limit, or without a completion. */
function isOver(block: QueryBlock, row: number, targetLatencyNs: number): boolean {
  if (block.status[row] !== rowStatus.completed) return true;
  return (block.latencyNs[row] ?? Number.NaN) > targetLatencyNs;
}

/**
 * Reads a probe's query log and decides by its counts: overloaded, or with a lost query, a rate breaks. Blocks for as
 * long as a scan of the log.
 *
 * @throws LabError evidence/unreadable
 */
export function probeFindings(
  log: QueryLog,
  question: Pick<ProbeQuestion, 'percentile' | 'targetLatencyNs'>,
  end: ProbeEnd,
): ProbeFindings {
  const extent = emptyExtent();
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1) {
      if (!isTerminal(block.status[row])) continue;
      if (isOver(block, row, question.targetLatencyNs)) extent.overCount += 1;
      widen(extent, block, row);
    }
  });
  const { queryCount, overCount, completedCount, lostCount, firstScheduledNs } = extent;
  const counts = { queryCount, overCount, percentile: question.percentile };
  const spanNs = Math.max(1, extent.lastCompletionNs - firstScheduledNs);
  return {
    decision: end.isOverloaded || lostCount > 0 ? 'breaks' : probeDecision(counts),
    queryCount,
    overLimitCount: overCount,
    lostCount,
    durationMs: queryCount === 0 ? 0 : (extent.lastScheduledNs - firstScheduledNs) / nsPerMs,
    meanLatencyNs: extent.latencySumNs / completedCount,
    completedPerSecond: completedCount === 0 ? 0 : (completedCount / spanNs) * nsPerSecond,
  };
}

function emptyExtent(): Extent {
  return {
    queryCount: 0,
    overCount: 0,
    completedCount: 0,
    lostCount: 0,
    latencySumNs: 0,
    firstScheduledNs: Number.POSITIVE_INFINITY,
    lastScheduledNs: 0,
    lastCompletionNs: 0,
  };
}
