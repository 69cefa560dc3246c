import type { Results, RunSettings } from '#harness/contracts/records/run-record.ts';

import { sortedLatenciesNs } from '../raw/query-log.ts';
import type { RawEvidence } from '../raw/raw-evidence.ts';
import { latencyResult1 } from './latency-result-1.ts';
import { throughputResult1 } from './throughput-result-1.ts';

/**
 * Latency and throughput as rule set 1 derived them, to the last bit: the latencies are held and added up in ascending
 * order. Only for records of that rule set, whose loads were short.
 */
export function deriveLoad1(
  raw: RawEvidence,
  settings: RunSettings,
): Pick<Results, 'latency' | 'throughput'> {
  const { queries, windows = [] } = raw;
  const latency =
    queries === undefined
      ? undefined
      : latencyResult1(queries, sortedLatenciesNs(queries), settings);
  const throughput = throughputResult1({ settings, windows, latency });
  return {
    ...(latency === undefined ? {} : { latency }),
    ...(throughput === undefined ? {} : { throughput }),
  };
}
