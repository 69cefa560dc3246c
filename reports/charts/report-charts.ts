import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { alignPower } from '#harness/judge/energy/align-power.ts';
import type { RawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { latencyLimitNs } from '../document/latency-limit.ts';
import { issueErrorChart } from './issue-error.ts';
import { latencyDistributionChart } from './latency-distribution.ts';
import { latencyOverRunChart } from './latency-over-run.ts';
import { peakProbesChart } from './peak-probes.ts';
import { powerOverTimeChart } from './power-over-time.ts';

function queryCharts({ results, settings }: RunRecord, { queries }: RawEvidence): ReportChart[] {
  const { latency, load } = results;
  if (queries === undefined || latency === undefined) return [];
  const { scenario } = settings;
  const limitNs = latencyLimitNs(settings);
  const charts = [latencyDistributionChart({ queries, latency, limitNs })];
  if (scenario === 'server' && load?.issueDelay !== undefined)
    charts.push(issueErrorChart(queries, load.issueDelay));
  return [...charts, latencyOverRunChart({ queries, scenario, limitNs })];
}

function peakCharts({ results, settings }: RunRecord): ReportChart[] {
  const { peak } = results;
  const limitNs = latencyLimitNs(settings);
  if (peak === undefined || peak.probes.length === 0 || limitNs === undefined) return [];
  return [peakProbesChart({ peak, percentile: settings.percentile, limitNs })];
}

function powerCharts({ phases }: RunRecord, { power, windows }: RawEvidence): ReportChart[] {
  const trace = power === undefined ? undefined : alignPower(power);
  return trace === undefined ? [] : [powerOverTimeChart({ trace, windows: windows ?? [], phases })];
}

/** The charts of a report: of what was measured, drawn from the raw files; memory does not grow with the queries. */
export function reportCharts(record: RunRecord, raw: RawEvidence): ReportChart[] {
  return [...queryCharts(record, raw), ...peakCharts(record), ...powerCharts(record, raw)];
}
