import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { alignPower } from '#harness/judge/energy/align-power.ts';
import { sortedLatenciesNs } from '#harness/judge/raw/query-log.ts';
import type { RawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { latencyByQueryChart } from './latency-by-query.ts';
import { latencyDistributionChart } from './latency-distribution.ts';
import { powerOverTimeChart } from './power-over-time.ts';

/** The charts of a report: of what was measured, drawn from the raw files. */
export function reportCharts(record: RunRecord, raw: RawEvidence): ReportChart[] {
  const { latency } = record.results;
  const trace = raw.power === undefined ? undefined : alignPower(raw.power);
  const charts: ReportChart[] = [];
  if (raw.queries !== undefined && latency !== undefined) {
    charts.push(latencyDistributionChart(sortedLatenciesNs(raw.queries), latency));
    charts.push(latencyByQueryChart(raw.queries.latencyNs));
  }
  if (trace !== undefined) {
    const { phases } = record;
    charts.push(powerOverTimeChart({ trace, windows: raw.windows ?? [], phases }));
  }
  return charts;
}
