import type { Provenance } from '#harness/contracts/records/load-settings.ts';
import type { RunRecord, RunSettings } from '#harness/contracts/records/run-record.ts';

import {
  formatCount,
  formatDurationNs,
  formatExactPercent,
  formatNumber,
} from './format-quantity.ts';
import type { ReportBlock } from './report-document.ts';
import { percentileName } from './stated-percentile.ts';

const sourceWords: Readonly<Record<Provenance, string>> = {
  default: 'default',
  'rule-set': 'rule set',
  suite: 'suite',
  job: 'job',
};

const orderWords = {
  portable: 'portable, as specified by this lab',
  reference: 'that of the field’s reference load generator',
  'reference-5': 'that of the reference load generator before 6.0.5',
} as const;

const selectionWords = {
  normal: 'drawn with replacement',
  'equal-issue': 'each once a pass, passes repeated',
  unique: 'each once',
  same: 'always the same one',
} as const;

/** A setting with its value in words; undefined when the run has none. */
type SettingRow = readonly [name: keyof RunSettings, label: string, value: string | undefined];

const ms = (value: number): string => formatDurationNs(value * 1e6);

function ifThere<Value>(
  value: Value | undefined,
  format: (value: Value) => string,
): string | undefined {
  return value === undefined ? undefined : format(value);
}

function orderRows(settings: RunSettings): SettingRow[] {
  const { order, selection, sameIndex, seeds, samplesPerQuery } = settings;
  const seedText = ifThere(
    seeds,
    ({ qsl, sampleIndex, schedule, accuracyLog }) =>
      `sample set ${qsl}, order ${sampleIndex}, schedule ${schedule}${accuracyLog === undefined ? '' : `, kept answers ${accuracyLog}`}`,
  );
  return [
    ['order', 'Order and schedule', ifThere(order, (kind) => orderWords[kind])],
    ['selection', 'Selection of samples', ifThere(selection, (kind) => selectionWords[kind])],
    ['sameIndex', 'The same sample', ifThere(sameIndex, formatCount)],
    ['seeds', 'Seeds', seedText],
    ['samplesPerQuery', 'Samples per query', ifThere(samplesPerQuery, formatCount)],
    [
      'performanceSampleCount',
      'Samples for performance',
      formatCount(settings.performanceSampleCount),
    ],
  ];
}

function lengthRows(settings: RunSettings): SettingRow[] {
  const { windowCount, minWindowMs } = settings;
  return [
    ['minDurationMs', 'Shortest load', ms(settings.minDurationMs)],
    ['minQueryCount', 'Fewest queries', formatCount(settings.minQueryCount)],
    ['maxDurationMs', 'Ceiling of wall time', ms(settings.maxDurationMs)],
    ['queryDeadlineMs', 'Deadline of a query', ms(settings.queryDeadlineMs)],
    ['windowCount', 'Throughput windows', windowCount === 0 ? 'none' : formatCount(windowCount)],
    ['minWindowMs', 'Shortest window', windowCount === 0 ? undefined : ms(minWindowMs)],
  ];
}

function limitRows(settings: RunSettings): SettingRow[] {
  return [
    ['percentile', 'Stated percentile', percentileName(settings.percentile)],
    [
      'targetQps',
      'Arrivals',
      ifThere(settings.targetQps, (perSecond) => `${formatNumber(perSecond)} per second`),
    ],
    [
      'targetLatencyNs',
      'Limit of the latency',
      ifThere(settings.targetLatencyNs, formatDurationNs),
    ],
    ['ttftTargetNs', 'Limit of TTFT', ifThere(settings.ttftTargetNs, formatDurationNs)],
    ['tpotTargetNs', 'Limit of TPOT', ifThere(settings.tpotTargetNs, formatDurationNs)],
    ['outstandingCountMax', 'Most outstanding', ifThere(settings.outstandingCountMax, formatCount)],
    [
      'accuracyLogSamplingTarget',
      'Answers kept, about',
      ifThere(settings.accuracyLogSamplingTarget, formatCount),
    ],
  ];
}

function searchRows({ peak, audit }: RunSettings): SettingRow[] {
  const peakText = ifThere(
    peak,
    (search) =>
      `from ${formatNumber(search.startQps)} per second, to ${formatExactPercent(search.resolution)}; at most ${formatCount(search.probeCountMax)} probes of ${ms(search.probeMinDurationMs)} to ${ms(search.probeMaxDurationMs)}`,
  );
  const auditText = ifThere(
    audit,
    (plan) =>
      `${plan.audit}, version ${plan.version}: ${formatCount(plan.pairCount)} pairs of legs of at least ${ms(plan.legMinDurationMs)} and ${formatCount(plan.legMinQueryCount)} queries`,
  );
  return [
    ['peak', 'Search', peakText],
    ['audit', 'Audit', auditText],
  ];
}

function streamRows({ stream }: RunSettings): SettingRow[] {
  const text = ifThere(
    stream,
    ({ audioFile, durationMs, wordCount, toleranceMs, debounceMs, ...rest }) =>
      `${audioFile}, ${ms(durationMs)} with ${formatCount(wordCount)} words; tolerance ${ms(toleranceMs)}, debounce ${ms(debounceMs)}; first ${formatCount(rest.frameCountMax)} frames of ${ms(rest.framePeriodMs)}, period within ${formatExactPercent(rest.periodVariationMax)}`,
  );
  return [['stream', 'Stream', text]];
}

/** The settings that a run has a use for: a stream is no load. */
function settingRows(settings: RunSettings): SettingRow[] {
  if (settings.stream !== undefined) return streamRows(settings);
  return [
    ...lengthRows(settings),
    ...orderRows(settings),
    ...limitRows(settings),
    ...searchRows(settings),
  ];
}

/** Every setting of a load with where its value comes from. */
export function settingsTable({ settings }: RunRecord): ReportBlock {
  const provenance: ReadonlyMap<string, Provenance> = new Map(
    Object.entries(settings.provenance ?? {}),
  );
  const rows = settingRows(settings);
  return {
    kind: 'table',
    columns: [
      { title: 'Setting', align: 'left' },
      { title: 'Value', align: 'left', isWide: true },
      { title: 'Set by', align: 'left' },
    ],
    rows: rows.flatMap(([name, label, value]) => {
      const source = provenance.get(name);
      return value === undefined
        ? []
        : [[label, value, source === undefined ? '–' : sourceWords[source]]];
    }),
    note: 'Set by: the job, else the suite, else the rule set, else a default of Assay.',
  };
}
