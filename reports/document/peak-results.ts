import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import {
  formatCount,
  formatDurationNs,
  formatExactPercent,
  formatNumber,
  formatPercent,
} from './format-quantity.ts';
import { latencyLimitNs } from './latency-limit.ts';
import type { Fact, ReportBlock, TableColumn } from './report-document.ts';
import { percentileName } from './stated-percentile.ts';
import { leftColumn, rightColumn } from './table-columns.ts';

/** The rates between which the peak lies. */
export function peakInterval({ peakQps, breaksAtQps }: PeakResult): string {
  const holds =
    peakQps === null ? 'no rate held the limit' : `${formatNumber(peakQps)}\u00A0/s holds`;
  const breaks =
    breaksAtQps === null ? 'no rate broke it' : `${formatNumber(breaksAtQps)}\u00A0/s breaks`;
  return `${holds}, ${breaks}`;
}

function probeRow(probe: PeakProbe, place: number): string[] {
  const { queryCount, overLimitCount, percentileNs } = probe;
  return [
    String(place + 1),
    formatNumber(probe.targetQps),
    formatCount(queryCount),
    formatCount(overLimitCount),
    queryCount === 0 ? '–' : formatPercent(overLimitCount / queryCount),
    percentileNs === null ? '–' : formatDurationNs(percentileNs),
    formatDurationNs(probe.durationMs * 1e6),
    probe.decision,
    probe.endedEarly ? 'early' : 'full length',
  ];
}

function probeColumns(name: string): TableColumn[] {
  const numbers = ['Probe', 'Rate /s', 'Queries', 'Over limit', 'Share', name, 'Duration'];
  return [...numbers.map(rightColumn), leftColumn('Decision'), leftColumn('Ended')];
}

/** The highest rate that held its limit, how sure that is, and every probe of the search. */
export function peakBlocks({ results, settings }: RunRecord): ReportBlock[] {
  const { peak } = results;
  if (peak === undefined) return [];
  const name = percentileName(settings.percentile);
  const limitNs = latencyLimitNs(settings);
  const peakQps =
    peak.peakQps === null ? 'none found' : `${formatNumber(peak.peakQps)} queries per second`;
  const facts: Fact[] = [
    { label: 'Peak rate', value: peakQps },
    { label: 'Interval', value: peakInterval(peak) },
    ...(limitNs === undefined
      ? []
      : [{ label: 'Limit', value: `${name} at most ${formatDurationNs(limitNs)}` }]),
    {
      label: 'Confidence',
      value: `${formatExactPercent(peak.confidence)} for the decision on each probe`,
    },
  ];
  const early = peak.probes.filter(({ endedEarly }) => endedEarly).length;
  return [
    { kind: 'subheading', text: 'Search for the peak' },
    { kind: 'facts', facts },
    {
      kind: 'table',
      columns: probeColumns(name),
      rows: peak.probes.map(probeRow),
      note: `In the order run. ${formatCount(early)} of ${formatCount(peak.probes.length)} probes were decided before their full length.`,
    },
  ];
}
