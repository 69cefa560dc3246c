import type { Percentiles } from '#harness/contracts/records/load-results.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import type { LogEntry } from './log-line.ts';

/** Percentiles as the layout writes them, with the field of our results. */
export const percentileNames = [
  ['50.00', 'p50Ns'],
  ['90.00', 'p90Ns'],
  ['95.00', 'p95Ns'],
  ['97.00', 'p97Ns'],
  ['99.00', 'p99Ns'],
  ['99.90', 'p999Ns'],
] as const;

function ranks(values: Percentiles, keyOf: (name: string) => string): LogEntry[] {
  return percentileNames.map(([name, field]) => ({ key: keyOf(name), value: values[field] }));
}

/** What token-by-token answers gave; means by integer division, as the layout has them. */
export function tokenLines(record: RunRecord): LogEntry[] {
  const { tokens } = record.results;
  if (tokens === undefined) return [];
  const { ttft, tpot, tokensPerSecond } = tokens;
  const rateKey =
    record.settings.scenario === 'server'
      ? 'result_completed_tokens_per_second'
      : 'result_tokens_per_second';
  return [
    { key: rateKey, value: tokensPerSecond },
    { key: 'result_first_token_min_latency_ns', value: ttft.minNs },
    { key: 'result_first_token_max_latency_ns', value: ttft.maxNs },
    { key: 'result_first_token_mean_latency_ns', value: Math.floor(ttft.meanNs) },
    ...ranks(ttft, (name) => `result_first_token_${name}_percentile_latency_ns`),
    { key: 'result_time_to_output_token_min', value: tpot.minNs },
    { key: 'result_time_to_output_token_max', value: tpot.maxNs },
    { key: 'result_time_to_output_token_mean', value: Math.floor(tpot.meanNs) },
    ...ranks(tpot, (name) => `result_time_per_output_token_${name}_percentile_ns`),
  ];
}
