import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import {
  formatCount,
  formatDurationNs,
  formatMicrojoules,
  formatNumber,
  formatPercent,
  formatWatts,
} from './format-quantity.ts';
import type { Headline } from './report-document.ts';

/** How throughput was found, for people. */
export const throughputBasis = {
  'windows-median': 'median of the windows',
  'mean-latency': 'from the mean latency',
  offline: 'offline load',
  'completed-rate': 'completed queries over the load',
} as const;

/** The few numbers of the title page: those that were measured. */
export function headlines(record: RunRecord): Headline[] {
  const { accuracy, latency, throughput, energy } = record.results;
  const numbers: (Headline | undefined)[] = [
    accuracy && {
      label: 'Accuracy (top-1)',
      value: formatPercent(accuracy.value),
      note: `limit ${formatPercent(accuracy.atLeast)}`,
    },
    latency && {
      label: 'Latency p90',
      value: formatDurationNs(latency.p90Ns),
      note: `p99 ${formatDurationNs(latency.p99Ns)}`,
    },
    throughput && {
      label: 'Throughput',
      value: `${formatNumber(throughput.samplesPerSecond)}\u00A0/s`,
      note: throughputBasis[throughput.basis],
    },
    energy && {
      label: 'Energy per inference',
      value: formatMicrojoules(energy.microjoulesPerInference),
      note: `mean power ${formatWatts(energy.meanWatts)}`,
    },
    latency && {
      label: 'Queries',
      value: formatCount(latency.queryCount),
      note: `${formatCount(latency.failedQueryCount)} failed`,
    },
  ];
  return numbers.filter((number) => number !== undefined).slice(0, 4);
}
