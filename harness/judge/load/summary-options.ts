import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { SummaryOptions } from './summarise-load.ts';

/** What the load of a run is summarised for. */
export function summaryOptions(settings: RunSettings): SummaryOptions {
  const { percentile, targetLatencyNs, ttftTargetNs, tpotTargetNs, queryDeadlineMs } = settings;
  return {
    percentile,
    queryDeadlineNs: queryDeadlineMs * 1e6,
    isScheduled: settings.scenario === 'server',
    ...(targetLatencyNs === undefined ? {} : { targetLatencyNs }),
    ...(ttftTargetNs === undefined ? {} : { ttftTargetNs }),
    ...(tpotTargetNs === undefined ? {} : { tpotTargetNs }),
  };
}
