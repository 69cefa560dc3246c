import type { ExportLeg, ExportRun } from './export-run.ts';

/** First and last instant of a leg, nanoseconds on the run clock. */
export interface LegSpan {
  readonly startNs: number;
  readonly endNs: number;
}

/** From the first instant that latency counts from to the last completion. */
function loadSpan(run: ExportRun): LegSpan | undefined {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = 0;
  run.queries?.scan(({ rowCount, scheduledAtNs, issueDelayNs, latencyNs }) => {
    for (let row = 0; row < rowCount; row += 1) {
      const atNs = scheduledAtNs[row] ?? 0;
      const lastedNs = latencyNs[row] ?? Number.NaN;
      startNs = Math.min(startNs, atNs);
      endNs = Math.max(
        endNs,
        atNs + (Number.isNaN(lastedNs) ? (issueDelayNs[row] ?? 0) : lastedNs),
      );
    }
  });
  return Number.isFinite(startNs) ? { startNs, endNs } : undefined;
}

/**
 * The instants of a leg. The performance load knows them; an accuracy run begins with the measuring phase and ends
 * with the performance load's start, or with that phase. Reads the query log once.
 */
export function legSpan(run: ExportRun, leg: ExportLeg): LegSpan {
  const measuring = run.record.phases.find(({ phase }) => phase === 'measuring');
  const phase = { startNs: measuring?.startedAtNs ?? 0, endNs: measuring?.endedAtNs ?? 0 };
  const load = loadSpan(run);
  if (leg === 'performance') return load ?? phase;
  const follows = load !== undefined && load.startNs > phase.startNs;
  return { startNs: phase.startNs, endNs: follows ? load.startNs : phase.endNs };
}
