import type { QueryBlock, QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

/** How many queries were waiting for an answer at an instant. */
interface OutstandingPoint {
  readonly atNs: number;
  readonly count: number;
}

/** Instants of a log, on the run clock. */
export interface LogSpan {
  readonly startNs: number;
  readonly endNs: number;
}

/** Whether the row is the end of a query; the others are events beside it. */
export function isTerminal(status: number | undefined): boolean {
  return status === rowStatus.completed || status === rowStatus.failed || status === rowStatus.lost;
}

/**
 * When the query of a row ended. A lost one ended at its deadline; of one that failed without a latency only the
 * issue is known.
 */
export function endOfRowNs(block: QueryBlock, row: number, queryDeadlineMs: number): number {
  const scheduledNs = block.scheduledAtNs[row] ?? 0;
  const tookNs = block.latencyNs[row] ?? Number.NaN;
  if (!Number.isNaN(tookNs)) return scheduledNs + tookNs;
  const issuedNs = scheduledNs + (block.issueDelayNs[row] ?? 0);
  return block.status[row] === rowStatus.lost ? issuedNs + queryDeadlineMs * 1e6 : issuedNs;
}

/** First schedule and last end; undefined for a log without queries. Reads it once. */
export function logSpan(log: QueryLog, queryDeadlineMs: number): LogSpan | undefined {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = 0;
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1) {
      if (!isTerminal(block.status[row])) continue;
      startNs = Math.min(startNs, block.scheduledAtNs[row] ?? startNs);
      endNs = Math.max(endNs, endOfRowNs(block, row, queryDeadlineMs));
    }
  });
  return Number.isFinite(startNs) ? { startNs, endNs } : undefined;
}

/**
 * The number of outstanding queries at evenly spaced instants of a log, exact at each; only those where it changes.
 * All queries count, whatever their number, in memory that grows with `pointCount` only. Reads the log once.
 */
export function outstandingPoints(
  log: QueryLog,
  span: LogSpan,
  limits: { readonly pointCount: number; readonly queryDeadlineMs: number },
): OutstandingPoint[] {
  const { pointCount, queryDeadlineMs } = limits;
  const stepNs = Math.max(1, (span.endNs - span.startNs) / pointCount);
  const changes = new Float64Array(pointCount + 2);
  const count = (atNs: number, change: number): void => {
    // A change takes effect at the first instant that is not before it.
    const place = Math.min(pointCount + 1, Math.max(0, Math.ceil((atNs - span.startNs) / stepNs)));
    changes[place] = (changes[place] ?? 0) + change;
  };
  log.scan((block) => {
    for (let row = 0; row < block.rowCount; row += 1) {
      if (!isTerminal(block.status[row])) continue;
      count((block.scheduledAtNs[row] ?? 0) + (block.issueDelayNs[row] ?? 0), 1);
      count(endOfRowNs(block, row, queryDeadlineMs), -1);
    }
  });
  const points: OutstandingPoint[] = [];
  let outstanding = 0;
  for (const [place, change] of changes.entries()) {
    if (change === 0) continue;
    outstanding += change;
    points.push({ atNs: span.startNs + place * stepNs, count: outstanding });
  }
  return points;
}
