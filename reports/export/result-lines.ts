import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import type { ExportRun } from './export-run.ts';
import type { LogEntry } from './log-line.ts';
import { issuedCount } from './settings-lines.ts';
import { percentileNames, tokenLines } from './token-lines.ts';
import { invalidReasons, isValidLoad, ruleMet } from './validity.ts';

/** A line, when there is a value. */
function line(key: string, value: LogEntry['value'] | undefined | null): LogEntry[] {
  return value === undefined || value === null ? [] : [{ key, value }];
}

/** Whether the declared latency limits hold at their percentile; undefined when none is declared. */
function limitsHeld(record: RunRecord): boolean | undefined {
  const { settings, results } = record;
  const { targetLatencyNs, ttftTargetNs, tpotTargetNs } = settings;
  const { tokens, load } = results;
  if (tokens !== undefined && ttftTargetNs !== undefined && tpotTargetNs !== undefined)
    return tokens.ttft.p99Ns <= ttftTargetNs && tokens.tpot.p99Ns <= tpotTargetNs;
  const queryCount = load?.queryCount;
  const overLimitCount = load?.overLimitCount;
  if (targetLatencyNs === undefined || queryCount === undefined || overLimitCount === undefined)
    return undefined;
  // sorted[floor(n p)] <= limit holds when no more than n - 1 - floor(n p) queries lie over it.
  return overLimitCount <= queryCount - 1 - Math.floor(queryCount * settings.percentile);
}

function earlyStoppingWords(record: RunRecord): string | undefined {
  const stopping = record.results.latency?.earlyStopping;
  if (stopping === undefined) return undefined;
  const { met, percentile, queriesNeeded } = stopping;
  return met
    ? `Met at percentile ${percentile}, confidence 0.99, tolerance 0.`
    : `Not met at percentile ${percentile}: ${queriesNeeded} more queries needed.`;
}

const metWords = (met: boolean): string => (met ? 'Met.' : 'Not met.');

/** Offline has none: its metric is no percentile. */
function earlyStoppingLines(record: RunRecord): LogEntry[] {
  const { settings, results } = record;
  if (settings.scenario === 'offline') return [];
  const { latency, tokens } = results;
  const stopping = latency?.earlyStopping;
  const words = earlyStoppingWords(record);
  if (tokens !== undefined && settings.scenario === 'server') {
    const met = tokens.ttftEarlyStoppingMet && tokens.tpotEarlyStoppingMet;
    return [
      ...line('early_stopping_met', met),
      ...line('early_stopping_ttft_result', metWords(tokens.ttftEarlyStoppingMet)),
      ...line('early_stopping_tpot_result', metWords(tokens.tpotEarlyStoppingMet)),
    ];
  }
  const estimateKey = {
    'single-stream': 'early_stopping_latency_ss',
    'multi-stream': 'early_stopping_latency_ms',
    server: undefined,
    'find-peak': undefined,
  }[settings.scenario];
  return [
    ...line('early_stopping_met', stopping?.met),
    ...line('early_stopping_result', words),
    ...(estimateKey === undefined ? [] : line(estimateKey, stopping?.latencyNs)),
  ];
}

function validityLines(record: RunRecord): LogEntry[] {
  const { scenario } = record.settings;
  return [
    ...line('result_validity', isValidLoad(record) ? 'VALID' : 'INVALID'),
    ...(scenario === 'server' ? line('result_perf_constraints_met', limitsHeld(record)) : []),
    ...line('result_min_duration_met', ruleMet(record, 'min-duration')),
    ...line('result_min_queries_met', ruleMet(record, 'min-query-count')),
    ...earlyStoppingLines(record),
    ...invalidReasons(record).flatMap((reason) => line('result_invalid_reason', reason)),
  ];
}

/** Queries per second of a stream, with the gaps between queries and without. */
function streamLines({ latency, load }: RunRecord['results']): LogEntry[] {
  const lastIssueNs = load?.lastScheduledAtNs ?? 0;
  const gaps = (load?.queryCount ?? 0) - 1;
  // The layout divides by the whole mean that it states.
  const meanNs = Math.floor(latency?.meanNs ?? 0);
  return [
    ...line(
      'result_qps_with_loadgen_overhead',
      lastIssueNs > 0 ? (gaps * 1e9) / lastIssueNs : null,
    ),
    ...line('result_qps_without_loadgen_overhead', meanNs > 0 ? 1e9 / meanNs : null),
  ];
}

function serverLines({ load }: RunRecord['results']): LogEntry[] {
  return [
    ...line('result_scheduled_samples_per_sec', load?.scheduledPerSecond),
    ...line('result_completed_samples_per_sec', load?.completedPerSecond),
    ...line('result_overlatency_query_count', load?.overLimitCount),
  ];
}

function scenarioLines({ settings, results }: RunRecord): LogEntry[] {
  switch (settings.scenario) {
    case 'single-stream':
    case 'multi-stream':
      return streamLines(results);
    case 'server':
      return serverLines(results);
    case 'offline':
      return line('result_samples_per_second', results.throughput?.samplesPerSecond);
    case 'find-peak':
      return [];
  }
}

/** Multi-stream keeps one latency a query, that of its last sample; the others have one a sample, the same thing. */
function latencyLines(record: RunRecord): LogEntry[] {
  const { latency } = record.results;
  if (latency === undefined) return [];
  const perQuery = record.settings.scenario === 'multi-stream';
  const [suffix, middle] = perQuery ? ['_per_query_latency_ns', '_query'] : ['_latency_ns', ''];
  return [
    ...line(`result_min${middle}_latency_ns`, latency.minNs),
    ...line(`result_max${middle}_latency_ns`, latency.maxNs),
    // An integer division, as the layout has it.
    ...line(`result_mean${middle}_latency_ns`, Math.floor(latency.meanNs)),
    ...percentileNames.map(([name, field]) => ({
      key: `result_${name}_percentile${suffix}`,
      value: latency[field],
    })),
  ];
}

/** What was made and issued: ours are made as they are issued. */
export function generatedLines(run: ExportRun): LogEntry[] {
  const { settings, results } = run.record;
  const offline = settings.scenario === 'offline';
  const issued = issuedCount(run);
  return [
    ...line('generated_query_count', offline ? 1 : issued),
    ...line('generated_samples_per_query', offline ? issued : (settings.samplesPerQuery ?? 1)),
    ...line('generated_query_duration', results.load?.lastScheduledAtNs),
  ];
}

/** What a performance load gave, as lines of the detail log; what the record does not hold is left out. */
export function resultLines(run: ExportRun): LogEntry[] {
  const { record } = run;
  const isOffline = record.settings.scenario === 'offline';
  const issued = issuedCount(run);
  return [
    ...validityLines(record),
    // The layout counts queries, and offline all samples are one.
    ...line('result_query_count', isOffline && issued !== undefined ? 1 : issued),
    ...scenarioLines(record),
    ...latencyLines(record),
    ...tokenLines(record),
  ];
}
