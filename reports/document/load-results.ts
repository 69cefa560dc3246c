import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { serverEarlyStopping } from './early-stopping-words.ts';
import { formatCount, formatDurationNs, formatNumber, formatPercent } from './format-quantity.ts';
import { heldLatency } from './held-durations.ts';
import type { Fact, ReportBlock } from './report-document.ts';

const perSecond = (rate: number): string => `${formatNumber(rate)} queries per second`;

function rateFacts({ settings }: RunRecord, load: LoadResult): Fact[] {
  const { scheduledPerSecond, completedPerSecond } = load;
  const rates: readonly (readonly [label: string, rate: number | undefined])[] = [
    ['Target rate', settings.targetQps],
    ['Scheduled', scheduledPerSecond],
    ['Completed', completedPerSecond],
  ];
  return rates.flatMap(([label, rate]) =>
    rate === undefined ? [] : [{ label, value: perSecond(rate) }],
  );
}

function limitFacts(record: RunRecord, load: LoadResult): Fact[] {
  const { latency } = record.results;
  const over = load.overLimitCount ?? 0;
  const share = load.queryCount === 0 ? '' : ` (${formatPercent(over / load.queryCount)})`;
  return heldLatency(record).flatMap(({ label, measuredNs, limitNs }) => {
    const measured = measuredNs === undefined ? '' : `${formatDurationNs(measuredNs)}, `;
    const limit = `limit ${formatDurationNs(limitNs)}, counted from the scheduled instant`;
    return [
      { label, value: `${measured}${limit}` },
      { label: 'Over the limit', value: `${formatCount(over)} queries${share}` },
      ...(latency === undefined
        ? []
        : [{ label: 'Early stopping', value: serverEarlyStopping(latency, load) }]),
    ];
  });
}

function issueDelayFacts({ issueDelay }: LoadResult): Fact[] {
  if (issueDelay === undefined) return [];
  const { p50Ns, p99Ns, maxNs } = issueDelay;
  return [
    {
      label: 'Issue delay',
      value: `p50 ${formatDurationNs(p50Ns)}, p99 ${formatDurationNs(p99Ns)}, largest ${formatDurationNs(maxNs)} after the schedule`,
    },
  ];
}

function outstandingFacts({ outstandingAtEndCount }: LoadResult): Fact[] {
  if (outstandingAtEndCount === undefined) return [];
  const count = formatCount(outstandingAtEndCount);
  return [{ label: 'Outstanding', value: `${count} queries at the last scheduled instant` }];
}

/** What became of the queries; what did not happen is left out, but for completed and failed. */
function countFact(load: LoadResult): Fact {
  const { lostCount, lateCount, duplicateCount, unknownCount } = load;
  const late = lateCount === 0 ? '' : ` (${formatCount(lateCount)} of them answered too late)`;
  const words = [
    `${formatCount(load.completedCount)} completed`,
    `${formatCount(load.failedCount)} failed`,
    ...(lostCount + lateCount > 0 ? [`${formatCount(lostCount)} lost${late}`] : []),
    ...(duplicateCount > 0 ? [`${formatCount(duplicateCount)} duplicate completions`] : []),
    ...(unknownCount > 0 ? [`${formatCount(unknownCount)} completions of unknown queries`] : []),
  ];
  return { label: 'Queries', value: words.join(', ') };
}

/** What the load was and what became of its queries; with rates, limit and issue delay where it was a server's. */
export function loadBlocks(record: RunRecord): ReportBlock[] {
  const { load } = record.results;
  const { scenario, samplesPerQuery } = record.settings;
  if (load === undefined) return [];
  const perQuery =
    scenario === 'multi-stream' && samplesPerQuery !== undefined
      ? [{ label: 'Samples per query', value: formatCount(samplesPerQuery) }]
      : [];
  const facts: Fact[] = [
    ...perQuery,
    ...(scenario === 'server' ? rateFacts(record, load) : []),
    ...limitFacts(record, load),
    ...issueDelayFacts(load),
    ...outstandingFacts(load),
    countFact(load),
  ];
  return [
    { kind: 'subheading', text: `Load, ${scenario}` },
    { kind: 'facts', facts },
  ];
}
