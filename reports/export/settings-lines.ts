import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { ExportLeg, ExportRun } from './export-run.ts';
import type { LogEntry } from './log-line.ts';
import { layoutScenario } from './scenario-names.ts';

/** The same setting as it was asked for and as it was used: ours are never changed in between. */
function both(name: string, value: LogEntry['value'] | undefined): LogEntry[] {
  if (value === undefined) return [];
  return [
    { key: `requested_${name}`, value },
    { key: `effective_${name}`, value },
  ];
}

function effective(name: string, value: LogEntry['value'] | undefined): LogEntry[] {
  return value === undefined ? [] : [{ key: `effective_${name}`, value }];
}

function requested(name: string, value: LogEntry['value'] | undefined): LogEntry[] {
  return value === undefined ? [] : [{ key: `requested_${name}`, value }];
}

/** A seed as it is, without leading zeros. */
const digits = (text: string | undefined): LogEntry['value'] | undefined =>
  text === undefined ? undefined : { digits: BigInt(text).toString() };

/** Seeds, where the record has them: rule set 1 knew one, that of the sample order. */
function seedLines(settings: RunSettings): LogEntry[] {
  const { seeds, seed } = settings;
  if (seeds === undefined) return both('sample_index_rng_seed', seed);
  return [
    ...both('qsl_rng_seed', digits(seeds.qsl)),
    ...both('sample_index_rng_seed', digits(seeds.sampleIndex)),
    ...both('schedule_rng_seed', digits(seeds.schedule)),
    ...both('accuracy_log_rng_seed', digits(seeds.accuracyLog)),
  ];
}

function selectionLines(settings: RunSettings): LogEntry[] {
  const { selection = 'normal', sameIndex, accuracyLogSamplingTarget } = settings;
  return [
    ...both('performance_issue_unique', selection === 'unique'),
    ...both('performance_issue_same', selection === 'same'),
    ...both('performance_issue_same_index', sameIndex),
    ...both('sample_concatenate_permutation', selection === 'equal-issue'),
    ...both('accuracy_log_sampling_target', accuracyLogSamplingTarget),
  ];
}

/** How many samples a load issued; undefined when nothing says so. */
export function issuedCount(run: ExportRun): number | undefined {
  const { load, latency } = run.record.results;
  if (load !== undefined) return load.queryCount;
  return latency === undefined ? undefined : latency.queryCount + latency.failedQueryCount;
}

/** The layout's offline load is one query of all samples; every other query has the samples the settings state. */
export function samplesPerQueryOf(run: ExportRun): number | undefined {
  const { scenario, samplesPerQuery } = run.record.settings;
  return scenario === 'offline' ? issuedCount(run) : (samplesPerQuery ?? 1);
}

function countLines(run: ExportRun): LogEntry[] {
  const { settings } = run.record;
  const offline = settings.scenario === 'offline';
  const perQuery = samplesPerQueryOf(run);
  const queryCountMin = offline ? 1 : settings.minQueryCount;
  const perSample = offline ? 1 : (perQuery ?? 1);
  return [
    ...requested('min_query_count', settings.minQueryCount),
    ...effective('min_query_count', queryCountMin),
    ...effective('min_sample_count', settings.minQueryCount * perSample),
    ...both('max_query_count', 0),
    ...effective('samples_per_query', perQuery),
    ...(settings.scenario === 'multi-stream'
      ? requested('multi_stream_samples_per_query', perQuery)
      : []),
  ];
}

function limitLines(settings: RunSettings): LogEntry[] {
  const { scenario, percentile, targetQps, targetLatencyNs, ttftTargetNs, tpotTargetNs } = settings;
  const percentileLine = effective('target_latency_percentile', percentile);
  if (scenario !== 'server') return percentileLine;
  return [
    ...requested('server_target_qps', targetQps),
    ...effective('target_qps', targetQps),
    ...requested('server_target_latency_ns', targetLatencyNs),
    ...effective('target_latency_ns', targetLatencyNs),
    ...requested('server_target_latency_percentile', percentile),
    ...percentileLine,
    ...requested('server_ttft_latency', ttftTargetNs),
    ...requested('server_tpot_latency', tpotTargetNs),
    ...effective('max_async_queries', settings.outstandingCountMax),
  ];
}

/** What was set, as lines of the detail log; settings that the record does not hold are left out. */
export function settingsLines(run: ExportRun, leg: ExportLeg): LogEntry[] {
  const { settings, results } = run.record;
  const usesTokens = results.tokens !== undefined || settings.ttftTargetNs !== undefined;
  const shared = [
    ...both('scenario', layoutScenario(settings.scenario)),
    ...both('test_mode', leg === 'performance' ? 'PerformanceOnly' : 'AccuracyOnly'),
    ...seedLines(settings),
    ...selectionLines(settings),
    ...requested('use_token_latencies', usesTokens),
    ...requested('performance_sample_count_override', settings.performanceSampleCount),
    ...effective('performance_sample_count', settings.performanceSampleCount),
  ];
  if (leg === 'accuracy')
    return [...shared, ...effective('accuracy_sample_count', run.accuracy?.length)];
  return [
    ...shared,
    ...both('min_duration_ms', settings.minDurationMs),
    ...both('max_duration_ms', settings.maxDurationMs),
    ...countLines(run),
    ...limitLines(settings),
  ];
}
