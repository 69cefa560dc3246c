import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { attemptBlocks, boardFacts, clockBlocks, linkBlocks } from './device-blocks.ts';
import { formatCount, formatDurationNs, formatPercent } from './format-quantity.ts';
import type { Fact, ReportBlock, ReportSection } from './report-document.ts';
import { settingsTable } from './settings-table.ts';

function suiteFacts(record: RunRecord): Fact[] {
  const { suite } = record;
  return [
    { label: 'Suite', value: `${suite.title} (${suite.id}, version ${suite.version})` },
    { label: 'Model', value: suite.modelArchitecture },
    { label: 'Model SHA-256', value: suite.modelSha256, isCode: true },
    { label: 'Data set', value: `${suite.datasetId}, version ${suite.datasetVersion}` },
    { label: 'Data set SHA-256', value: suite.datasetSha256, isCode: true },
  ];
}

function settingFacts(record: RunRecord): Fact[] {
  const { settings } = record;
  const duration = formatDurationNs(settings.minDurationMs * 1e6);
  const ceiling = formatDurationNs(settings.maxDurationMs * 1e6);
  const windows =
    settings.windowCount === 0
      ? 'none'
      : `${settings.windowCount} of at least ${formatDurationNs(settings.minWindowMs * 1e6)}`;
  return [
    { label: 'Scenario', value: `${settings.scenario}, mode ${settings.mode}` },
    {
      label: 'Load',
      value: `at least ${duration} and ${formatCount(settings.minQueryCount)} queries, at most ${ceiling}`,
    },
    { label: 'Deadline of a query', value: formatDurationNs(settings.queryDeadlineMs * 1e6) },
    { label: 'Throughput windows', value: windows },
    {
      label: 'Samples',
      value: `${formatCount(settings.accuracySampleCount)} for accuracy, ${formatCount(settings.performanceSampleCount)} for performance`,
    },
    {
      label: 'Accuracy limit',
      value: `${settings.accuracyMetric}, at least ${formatPercent(settings.accuracyAtLeast)}`,
    },
    { label: 'Seed of the sample order', value: String(settings.seed) },
    { label: 'Power', value: settings.powerRequired ? 'required' : 'not required' },
  ];
}

/** Records of rule set 1 do not tell where a setting comes from. */
function settingBlocks(record: RunRecord): ReportBlock[] {
  const { settings } = record;
  if (settings.order === undefined) return [{ kind: 'facts', facts: settingFacts(record) }];
  const facts: Fact[] = [
    { label: 'Scenario', value: `${settings.scenario}, mode ${settings.mode}` },
    ...(settings.mode === 'performance' || settings.stream !== undefined
      ? []
      : [
          {
            label: 'Accuracy',
            value: `${settings.accuracyMetric} over ${formatCount(settings.accuracySampleCount)} samples, at least ${formatPercent(settings.accuracyAtLeast)}`,
          },
        ]),
    { label: 'Power', value: settings.powerRequired ? 'required' : 'not required' },
  ];
  return [{ kind: 'facts', facts }, settingsTable(record)];
}

function softwareFacts(record: RunRecord): Fact[] {
  const { software, clock } = record;
  return [
    { label: 'Assay', value: `${software.assay}, rule set ${record.ruleSet}` },
    { label: 'Host', value: `${software.processor}; ${software.operatingSystem}` },
    { label: 'Node.js', value: software.node },
    { label: 'Inference', value: software.inference },
    { label: 'Began', value: clock.startedAtUtc },
    { label: 'Ended', value: clock.endedAtUtc },
    {
      label: 'Step of the wall clock',
      value: `${formatDurationNs(clock.wallClockStepMs * 1e6)} against the monotonic clock`,
    },
  ];
}

function instrumentBlocks(record: RunRecord): ReportBlock[] {
  const titles = ['Instrument', 'Maker', 'Model', 'Serial number', 'Firmware', 'Driver'];
  if (record.instruments.length === 0) {
    return [{ kind: 'paragraph', text: 'No instrument was used; times are those of the host.' }];
  }
  return [
    {
      kind: 'table',
      columns: titles.map((title) => ({ title, align: 'left' })),
      rows: record.instruments.map((instrument) => [
        instrument.id,
        instrument.maker,
        instrument.model,
        instrument.serialNumber,
        instrument.firmware,
        instrument.driver,
      ]),
      note: 'No calibration is recorded for these instruments; power and energy carry no stated uncertainty.',
    },
  ];
}

function phaseBlocks(record: RunRecord): ReportBlock[] {
  if (record.phases.length === 0) return [];
  return [
    { kind: 'subheading', text: 'Phases' },
    {
      kind: 'table',
      columns: [
        { title: 'Phase', align: 'left' },
        { title: 'Entered', align: 'right' },
        { title: 'Left', align: 'right' },
        { title: 'Took', align: 'right' },
      ],
      rows: record.phases.map((span) => [
        span.phase,
        formatDurationNs(span.startedAtNs),
        formatDurationNs(span.endedAtNs),
        formatDurationNs(span.endedAtNs - span.startedAtNs),
      ]),
      note: 'Instants on the run clock, which began at the moment stated above.',
    },
  ];
}

/** What was tested, with what, how it was set, and when. */
export function conditionsSection(record: RunRecord): ReportSection {
  return {
    title: 'Conditions and configuration',
    blocks: [
      { kind: 'subheading', text: 'Device under test' },
      { kind: 'facts', facts: boardFacts(record) },
      { kind: 'subheading', text: 'Task' },
      { kind: 'facts', facts: suiteFacts(record) },
      { kind: 'subheading', text: 'Settings' },
      ...settingBlocks(record),
      { kind: 'subheading', text: 'Software and clock' },
      { kind: 'facts', facts: softwareFacts(record) },
      { kind: 'subheading', text: 'Instruments' },
      ...instrumentBlocks(record),
      ...linkBlocks(record),
      ...clockBlocks(record),
      ...attemptBlocks(record),
      ...phaseBlocks(record),
    ],
  };
}
