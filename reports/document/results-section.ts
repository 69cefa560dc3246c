import type {
  AccuracyResult,
  EnergyResult,
  LatencyResult,
  RuleOutcome,
  RunRecord,
  ThroughputResult,
} from '#harness/contracts/records/run-record.ts';

import {
  formatCount,
  formatDurationNs,
  formatMeasured,
  formatMicrojoules,
  formatNumber,
  formatPercent,
  formatWatts,
} from './format-quantity.ts';
import { throughputBasis } from './headlines.ts';
import type { Fact, ReportBlock, ReportSection, TableColumn } from './report-document.ts';

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

function earlyStopping(latency: LatencyResult): string {
  const { percentile, met, latencyNs, queriesNeeded } = latency.earlyStopping;
  const name = `p${Math.round(percentile * 1e4) / 100}`;
  if (met && latencyNs !== null) {
    return `The upper bound of ${name} that early stopping allows at this number of queries is ${formatDurationNs(latencyNs)}.`;
  }
  return `Early stopping for ${name} is not met: ${formatCount(queriesNeeded)} more queries were needed.`;
}

function latencyBlocks(latency: LatencyResult): ReportBlock[] {
  const columns = ['Min', 'Mean', 'p50', 'p90', 'p95', 'p97', 'p99', 'p99.9', 'Max'];
  const valuesNs = [
    latency.minNs,
    latency.meanNs,
    latency.p50Ns,
    latency.p90Ns,
    latency.p95Ns,
    latency.p97Ns,
    latency.p99Ns,
    latency.p999Ns,
    latency.maxNs,
  ];
  const counts = `${formatCount(latency.queryCount)} queries completed, ${formatCount(latency.failedQueryCount)} failed.`;
  return [
    { kind: 'subheading', text: 'Latency' },
    {
      kind: 'table',
      columns: columns.map((title) => ({ title, align: 'right' })),
      rows: [valuesNs.map(formatDurationNs)],
      note: `${counts} Percentiles by rank, sorted[floor(n × p)], without interpolation. ${earlyStopping(latency)}`,
    },
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

function ruleRow(rule: RuleOutcome, hasAdvice: boolean): string[] {
  return [
    rule.rule,
    rule.kind === 'validity' ? 'validity' : 'limit',
    formatMeasured(rule.measured, rule.unit),
    formatMeasured(rule.limit, rule.unit),
    rule.met ? 'met' : 'NOT MET',
    ...(hasAdvice ? [rule.advice] : []),
  ];
}

function rulesBlocks(record: RunRecord): ReportBlock[] {
  if (record.rules.length === 0) return [];
  const hasAdvice = record.rules.some((rule) => rule.advice !== '');
  const advice: readonly TableColumn[] = hasAdvice
    ? [{ title: 'What to set next', align: 'left', isWide: true }]
    : [];
  return [
    { kind: 'subheading', text: `Rules, ${record.ruleSet}` },
    {
      kind: 'table',
      columns: [
        { title: 'Rule', align: 'left' },
        { title: 'Kind', align: 'left' },
        { title: 'Measured', align: 'right' },
        { title: 'Limit', align: 'right' },
        { title: 'Outcome', align: 'left' },
        ...advice,
      ],
      rows: record.rules.map((rule) => ruleRow(rule, hasAdvice)),
      note: 'Validity rules ask whether the data can be used; limits are declared by the suite before the run.',
    },
  ];
}

/** Every number of the record, and the rules applied to them. */
export function resultsSection(record: RunRecord): ReportSection {
  const { accuracy, latency } = record.results;
  const measured = [
    ...(accuracy === undefined ? [] : accuracyBlocks(accuracy)),
    ...(latency === undefined ? [] : latencyBlocks(latency)),
    ...throughputAndEnergyBlocks(record),
  ];
  const nothing: ReportBlock = { kind: 'paragraph', text: 'Nothing was measured in this run.' };
  return {
    title: 'Results',
    blocks: [...(measured.length === 0 ? [nothing] : measured), ...rulesBlocks(record)],
  };
}
