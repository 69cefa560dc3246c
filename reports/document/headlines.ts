import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { auditTitles, ratioInterval, ratioText } from './audit-results.ts';
import {
  formatCount,
  formatDurationNs,
  formatMicrojoules,
  formatNumber,
  formatPercent,
  formatWatts,
} from './format-quantity.ts';
import { heldFirstToken, heldFurtherToken, heldLatency } from './held-durations.ts';
import { latencyLimitNs } from './latency-limit.ts';
import { peakInterval } from './peak-results.ts';
import type { Headline } from './report-document.ts';
import { percentileName } from './stated-percentile.ts';
import { detectionHeadlines } from './stream-results.ts';

/** The title page has room for so many. */
const headlineCountMax = 4;

/** How throughput was found, for people. */
export const throughputBasis = {
  'windows-median': 'median of the windows',
  'mean-latency': 'from the mean latency',
  offline: 'offline load',
  'completed-rate': 'completed queries over the load',
} as const;

const rateText = (perSecond: number): string => `${formatNumber(perSecond)}\u00A0/s`;

function accuracyHeadlines({ results: { accuracy } }: RunRecord): Headline[] {
  if (accuracy === undefined) return [];
  return [
    {
      label: 'Accuracy (top-1)',
      value: formatPercent(accuracy.value),
      note: `limit ${formatPercent(accuracy.atLeast)}`,
    },
  ];
}

function rateHeadlines({ results: { load }, settings: { targetQps } }: RunRecord): Headline[] {
  if (load?.completedPerSecond === undefined) return [];
  return [
    {
      label: 'Completed queries',
      value: rateText(load.completedPerSecond),
      note: targetQps === undefined ? '' : `target ${rateText(targetQps)}`,
    },
  ];
}

/** Rate and percentiles of a server, each beside what it was held against. */
function serverHeadlines(record: RunRecord): Headline[] {
  const held = [...heldLatency(record), ...heldFirstToken(record), ...heldFurtherToken(record)];
  const timed = held.flatMap(({ label, measuredNs, limitNs }) => {
    const note = `limit ${formatDurationNs(limitNs)}`;
    return measuredNs === undefined ? [] : [{ label, value: formatDurationNs(measuredNs), note }];
  });
  return [...rateHeadlines(record), ...timed];
}

function peakHeadlines({ results: { peak }, settings }: RunRecord): Headline[] {
  if (peak === undefined) return [];
  const limitNs = latencyLimitNs(settings);
  const name = percentileName(settings.percentile);
  const count = formatCount(peak.probes.length);
  return [
    {
      label: 'Peak rate',
      value: peak.peakQps === null ? 'none found' : rateText(peak.peakQps),
      note: limitNs === undefined ? '' : `${name} at most ${formatDurationNs(limitNs)}`,
    },
    { label: 'Probes', value: count, note: peakInterval(peak) },
  ];
}

function auditHeadlines({ results: { audit } }: RunRecord): Headline[] {
  if (audit === undefined) return [];
  const decision = { label: `Audit: ${auditTitles[audit.audit]}`, value: audit.decision, note: '' };
  const { ratio, answers } = audit;
  return [
    { ...decision, note: `${formatCount(audit.legs.length)} legs` },
    ...(ratio === null
      ? []
      : [
          {
            label: 'Audit over base',
            value: ratioText(ratio),
            note: ratioInterval(ratio),
          },
        ]),
    ...(answers === null
      ? []
      : [
          {
            label: 'Answers that differ',
            value: formatCount(answers.differingCount),
            note: `of ${formatCount(answers.comparedCount)} compared`,
          },
        ]),
  ];
}

function streamHeadlines({ results: { latency }, settings }: RunRecord): Headline[] {
  if (latency === undefined) return [];
  const { scenario, samplesPerQuery } = settings;
  if (scenario !== 'multi-stream') {
    const note = `p99 ${formatDurationNs(latency.p99Ns)}`;
    return [{ label: 'Latency p90', value: formatDurationNs(latency.p90Ns), note }];
  }
  return [
    {
      label: 'Query latency p99',
      value: formatDurationNs(latency.p99Ns),
      note:
        samplesPerQuery === undefined ? '' : `${formatCount(samplesPerQuery)} samples per query`,
    },
  ];
}

function throughputHeadlines({ results }: RunRecord): Headline[] {
  const { throughput } = results;
  if (throughput === undefined || throughput.basis === 'completed-rate') return [];
  return [
    {
      label: 'Throughput',
      value: rateText(throughput.samplesPerSecond),
      note: throughputBasis[throughput.basis],
    },
  ];
}

function energyHeadlines({ results: { energy } }: RunRecord): Headline[] {
  if (energy === undefined) return [];
  return [
    {
      label: 'Energy per inference',
      value: formatMicrojoules(energy.microjoulesPerInference),
      note: `mean power ${formatWatts(energy.meanWatts)}`,
    },
  ];
}

function countHeadlines({ results: { latency, load } }: RunRecord): Headline[] {
  const failedCount =
    load === undefined ? latency?.failedQueryCount : load.failedCount + load.lostCount;
  if (latency === undefined || failedCount === undefined) return [];
  return [
    {
      label: 'Queries',
      value: formatCount(latency.queryCount),
      note: `${formatCount(failedCount)} ${load === undefined ? 'failed' : 'failed or lost'}`,
    },
  ];
}

/** The few numbers of the title page: those that were measured, the scenario's own first. */
export function headlines(record: RunRecord): Headline[] {
  const isServer = record.settings.scenario === 'server';
  return [
    ...auditHeadlines(record),
    ...peakHeadlines(record),
    ...detectionHeadlines(record),
    ...accuracyHeadlines(record),
    ...(isServer ? serverHeadlines(record) : streamHeadlines(record)),
    ...throughputHeadlines(record),
    ...energyHeadlines(record),
    ...countHeadlines(record),
  ].slice(0, headlineCountMax);
}
