import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import type { DutyCycle, StreamResult } from '#harness/contracts/records/stream-record.ts';

import {
  formatCount,
  formatDurationNs,
  formatNumber,
  formatPercent,
  formatWatts,
} from './format-quantity.ts';
import type { Fact, Headline, ReportBlock } from './report-document.ts';

const secondsOf = (ms: number): string => formatDurationNs(ms * 1e6);
/** More instants than this are counted, not listed. */
const listedCountMax = 20;

function listed(values: readonly number[], format: (value: number) => string): string {
  const shown = values.slice(0, listedCountMax).map(format).join(', ');
  const restCount = values.length - listedCountMax;
  return restCount > 0 ? `${shown} and ${formatCount(restCount)} more` : shown;
}

function detectionFacts(result: StreamResult, { settings }: RunRecord): Fact[] {
  const { truePositiveCount, falseNegativeCount, falsePositiveCount, wordCount } = result;
  const { stream } = settings;
  const limits =
    stream === undefined
      ? ''
      : `at most ${formatCount(stream.falseNegativeCountMax)} words missed and ${formatCount(stream.falsePositiveCountMax)} false detections`;
  const missed = listed(result.missedWordIndices, (index) => String(index + 1));
  const falseAt = listed(result.falsePositiveAtMs, secondsOf);
  return [
    {
      label: 'Words heard',
      value: `${formatCount(truePositiveCount)} of ${formatCount(wordCount)}`,
    },
    {
      label: 'Words missed',
      value: `${formatCount(falseNegativeCount)}${missed === '' ? '' : `: number ${missed}`}`,
    },
    {
      label: 'False detections',
      value: `${formatCount(falsePositiveCount)}${falseAt === '' ? '' : `, at ${falseAt}`}`,
    },
    { label: 'Limits of the suite', value: limits },
  ];
}

function dutyCycleFacts({ dutyCycle, meanPeriodNs, meanOnNs, ...cycle }: DutyCycle): Fact[] {
  const frames = `${formatCount(cycle.frameCount)} frames`;
  return [
    {
      label: 'Duty cycle',
      value: `${formatPercent(dutyCycle)}: ${formatDurationNs(meanOnNs)} of ${formatDurationNs(meanPeriodNs)}, mean of ${frames}`,
    },
    { label: 'Variation of the period', value: formatPercent(cycle.periodVariation) },
    {
      label: 'Throughput it allows',
      value: `${formatNumber(cycle.inferencesPerSecond)} inferences per second, one over the mean time on`,
    },
  ];
}

/** What the device heard in the stream and how much it computed for it; nothing in a run that was no stream. */
export function streamBlocks(record: RunRecord): ReportBlock[] {
  const { stream: result } = record.results;
  const { stream: settings } = record.settings;
  if (result === undefined || settings === undefined) return [];
  const { dutyCycle, meanWatts } = result;
  const facts: Fact[] = [
    {
      label: 'Audio',
      value: `${settings.audioFile}, ${secondsOf(settings.durationMs)}; ${secondsOf(result.playedMs)} were played`,
    },
    ...detectionFacts(result, record),
    ...(dutyCycle === null ? [] : dutyCycleFacts(dutyCycle)),
    ...(meanWatts === null
      ? []
      : [{ label: 'Mean power', value: `${formatWatts(meanWatts)} while it listened` }]),
  ];
  const rule = `A detection counts for a word from its start until ${secondsOf(settings.toleranceMs)} after its end; others are false, and those within ${secondsOf(settings.debounceMs)} of one are one. Times count from the first pulse.`;
  return [
    { kind: 'subheading', text: 'Stream' },
    { kind: 'facts', facts },
    { kind: 'paragraph', text: rule },
  ];
}

/** The numbers of a stream for the title page. */
export function detectionHeadlines({ results }: RunRecord): Headline[] {
  const { stream } = results;
  if (stream === undefined) return [];
  const { dutyCycle, meanWatts } = stream;
  return [
    {
      label: 'Words heard',
      value: `${formatCount(stream.truePositiveCount)} of ${formatCount(stream.wordCount)}`,
      note: `${formatCount(stream.falsePositiveCount)} false detections`,
    },
    ...(dutyCycle === null
      ? []
      : [
          {
            label: 'Duty cycle',
            value: formatPercent(dutyCycle.dutyCycle),
            note: `${formatDurationNs(dutyCycle.meanOnNs)} a frame`,
          },
        ]),
    ...(meanWatts === null
      ? []
      : [{ label: 'Mean power', value: formatWatts(meanWatts), note: 'while it listened' }]),
  ];
}
