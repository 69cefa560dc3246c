import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { formatCount } from './format-quantity.ts';
import { percentileTable } from './percentile-table.ts';
import type { ReportBlock } from './report-document.ts';

/** Latency as the device reported it, and what the host saw beyond it; nothing where no device told. */
export function deviceTimesBlocks({ results }: RunRecord): ReportBlock[] {
  const { deviceTimes, latency } = results;
  if (deviceTimes === undefined || latency === undefined) return [];
  const { queryCount, longerThanHostCount, device, difference } = deviceTimes;
  const longer =
    longerThanHostCount === 0
      ? ''
      : ` ${formatCount(longerThanHostCount)} took longer by the device than by the host: their clocks disagree, or the device's ticks are coarse.`;
  const note = `${formatCount(queryCount)} queries whose device told its own duration. Difference: by query, what the host saw beyond it; link, driver and waiting.${longer}`;
  return [
    { kind: 'subheading', text: 'Latency by host and by device' },
    percentileTable(
      [
        { name: 'Host', stated: latency },
        { name: 'Device', stated: device },
        { name: 'Difference', stated: difference },
      ],
      note,
    ),
  ];
}
