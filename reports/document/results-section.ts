import type {
  AccuracyResult,
  EnergyResult,
  LatencyResult,
  RunRecord,
  ThroughputResult,
} from '#harness/contracts/records/run-record.ts';

import { auditBlocks } from './audit-results.ts';
import { deviceTimesBlocks } from './device-times.ts';
import { streamEarlyStopping } from './early-stopping-words.ts';
import {
  formatCount,
  formatDurationNs,
  formatMicrojoules,
  formatNumber,
  formatPercent,
  formatWatts,
} from './format-quantity.ts';
import { throughputBasis } from './headlines.ts';
import { loadBlocks } from './load-results.ts';
import { peakBlocks } from './peak-results.ts';
import { percentileTable } from './percentile-table.ts';
import type { Fact, ReportBlock, ReportSection } from './report-document.ts';
import { rulesBlocks } from './rules-table.ts';
import { streamBlocks } from './stream-results.ts';
import { tokenBlocks } from './token-results.ts';

function accuracyBlocks(accuracy: AccuracyResult): ReportBlock[] {
  const share = `${formatCount(accuracy.correctCount)} of ${formatCount(accuracy.sampleCount)} samples`;
  const facts: Fact[] = [
    { label: 'Top-1 accuracy', value: `${formatPercent(accuracy.value)} (${share})` },
    { label: 'Limit of the suite', value: `at least ${formatPercent(accuracy.atLeast)}` },
  ];
  return [
    { kind: 'subheading', text: 'Accuracy' },
    { kind: 'facts', facts },
  ];
}

/** Early stopping bounds the percentile of a stream; a server's stands with its limit, offline has none to state. */
function earlyStoppingNote({ settings, results }: RunRecord, latency: LatencyResult): string[] {
  const { scenario } = settings;
  const isStream = scenario === 'single-stream' || scenario === 'multi-stream';
  return isStream || results.load === undefined ? [streamEarlyStopping(latency)] : [];
}

function latencyBlocks(record: RunRecord, latency: LatencyResult): ReportBlock[] {
  const counts = `${formatCount(latency.queryCount)} queries completed, ${formatCount(latency.failedQueryCount)} failed.`;
  const note = [
    ...(record.results.load === undefined ? [counts] : []),
    'Percentiles by rank, sorted[floor(n × p)], without interpolation.',
    ...earlyStoppingNote(record, latency),
  ];
  const isOfQueries = record.settings.scenario === 'multi-stream';
  return [
    { kind: 'subheading', text: isOfQueries ? 'Latency of whole queries' : 'Latency' },
    percentileTable([{ name: '', stated: latency }], note.join(' ')),
  ];
}

function throughputFacts(throughput: ThroughputResult): Fact[] {
  const rate = `${formatNumber(throughput.samplesPerSecond)} inferences per second`;
  return [{ label: 'Throughput', value: `${rate}, ${throughputBasis[throughput.basis]}` }];
}

function energyFacts(energy: EnergyResult): Fact[] {
  const idle = energy.idleWatts === null ? 'not measured' : formatWatts(energy.idleWatts);
  const samples = `${formatCount(energy.sampleCount)} at ${formatNumber(energy.sampleRateHz)} Hz`;
  return [
    {
      label: 'Energy per inference',
      value: `${formatMicrojoules(energy.microjoulesPerInference)}, median of the windows`,
    },
    { label: 'Mean power', value: `${formatWatts(energy.meanWatts)} over all windows` },
    { label: 'Idle power', value: idle },
    {
      label: 'Samples',
      value: `${samples}, ${formatCount(energy.lostSampleCount)} lost`,
    },
    {
      label: 'Alignment of clocks',
      value: `within ${formatDurationNs(energy.clockOffsetUncertaintyNs)}`,
    },
  ];
}

/** One row per window; energies get a column only where every window has one, so that none stands beside another's rate. */
function windowTable(record: RunRecord): ReportBlock[] {
  const rates = record.results.throughput?.windowSamplesPerSecond ?? [];
  const energies = record.results.energy?.windowMicrojoulesPerInference ?? [];
  const isPaired = rates.length === energies.length;
  const unpaired = `Energy per inference of the windows recorded whole: ${energies.map(formatMicrojoules).join(', ')}.`;
  if (rates.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: [
        { title: 'Window', align: 'right' },
        { title: 'Inferences per second', align: 'right' },
        ...(isPaired ? [{ title: 'Energy per inference', align: 'right' } as const] : []),
      ],
      rows: rates.map((rate, place) => [
        String(place + 1),
        formatNumber(rate),
        ...(isPaired ? [formatMicrojoules(energies[place] ?? Number.NaN)] : []),
      ]),
      note: isPaired || energies.length === 0 ? '' : unpaired,
    },
  ];
}

function throughputAndEnergyBlocks(record: RunRecord): ReportBlock[] {
  const { throughput, energy } = record.results;
  const facts = [
    ...(throughput === undefined ? [] : throughputFacts(throughput)),
    ...(energy === undefined ? [] : energyFacts(energy)),
  ];
  if (facts.length === 0) return [];
  const title = energy === undefined ? 'Throughput' : 'Throughput, power and energy';
  return [{ kind: 'subheading', text: title }, { kind: 'facts', facts }, ...windowTable(record)];
}

/** Every number of the record, and the rules applied to them. */
export function resultsSection(record: RunRecord): ReportSection {
  const { accuracy, latency } = record.results;
  const measured = [
    ...auditBlocks(record),
    ...peakBlocks(record),
    ...streamBlocks(record),
    ...(accuracy === undefined ? [] : accuracyBlocks(accuracy)),
    ...loadBlocks(record),
    ...(latency === undefined ? [] : latencyBlocks(record, latency)),
    ...deviceTimesBlocks(record),
    ...tokenBlocks(record),
    ...throughputAndEnergyBlocks(record),
  ];
  const nothing: ReportBlock = { kind: 'paragraph', text: 'Nothing was measured in this run.' };
  return {
    title: 'Results',
    blocks: [...(measured.length === 0 ? [nothing] : measured), ...rulesBlocks(record)],
  };
}
