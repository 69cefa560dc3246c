import type { DeviceTimes } from '#harness/contracts/records/load-results.ts';

import type { QueryBlock, QueryLog } from '../raw/query-blocks.ts';
import { queryBlockRowCount } from '../raw/query-log-file.ts';
import { rowStatus } from '../raw/query-row.ts';
import { statedPercentilesOf } from '../results/stated-percentiles.ts';
import { percentileRank } from '../statistics/rank.ts';
import { distributionFinder } from './distribution.ts';
import type { Quantity } from './load-quantities.ts';
import { statedPercentiles } from './summarise-load.ts';

/** Calls back for each completed query whose device told how long it took; whole nanoseconds. No allocation. */
function eachTold(
  { rowCount, status, latencyNs, deviceDurationNs }: QueryBlock,
  found: (hostNs: number, deviceNs: number) => void,
): void {
  if (deviceDurationNs === undefined) return;
  for (let row = 0; row < rowCount; row += 1) {
    const deviceNs = deviceDurationNs[row] ?? Number.NaN;
    if (status[row] === rowStatus.completed && !Number.isNaN(deviceNs))
      found(Math.floor(latencyNs[row] ?? 0), Math.floor(deviceNs));
  }
}

const deviceDurations: Quantity = (block, values) => {
  let count = 0;
  eachTold(block, (_hostNs, deviceNs) => {
    values[count] = deviceNs;
    count += 1;
  });
  return count;
};

/** What the host saw beyond what the device reported: transport, driver, queueing; not below 0. */
const differences: Quantity = (block, values) => {
  let count = 0;
  eachTold(block, (hostNs, deviceNs) => {
    values[count] = Math.max(0, hostNs - deviceNs);
    count += 1;
  });
  return count;
};

/**
 * The durations that the device itself reported beside the latencies that the host saw.
 *
 * @returns undefined when no completed query has one
 * @throws LabError evidence/unreadable from the scan
 */
export function deviceTimesOf(log: QueryLog): DeviceTimes | undefined {
  const finders = [deviceDurations, differences].map((quantity) => ({
    quantity,
    finder: distributionFinder(),
  }));
  const values = new Float64Array(queryBlockRowCount);
  let longerThanHostCount = 0;
  let isFirst = true;
  while (isFirst || finders.some(({ finder }) => !finder.isDone())) {
    const open = finders.filter(({ finder }) => isFirst || !finder.isDone());
    log.scan((block) => {
      if (isFirst)
        eachTold(block, (hostNs, deviceNs) => {
          if (deviceNs > hostNs) longerThanHostCount += 1;
        });
      for (const { quantity, finder } of open) finder.add(values, quantity(block, values));
    });
    for (const { finder } of open)
      finder.endPass((count) => statedPercentiles.map((share) => percentileRank(count, share)));
    isFirst = false;
  }
  const [device, difference] = finders.map(({ finder }) => finder.found());
  if (device === undefined || difference === undefined) return undefined;
  return {
    queryCount: device.count,
    longerThanHostCount,
    device: statedPercentilesOf(device),
    difference: statedPercentilesOf(difference),
  };
}
