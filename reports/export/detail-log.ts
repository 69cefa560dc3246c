import { errorLines } from './error-lines.ts';
import type { ExportLeg, ExportRun, MissingField } from './export-run.ts';
import { identityLines, neverRecordedKeys } from './identity-lines.ts';
import { legSpan } from './leg-span.ts';
import { logLine, type LogEntry } from './log-line.ts';
import { generatedLines, resultLines } from './result-lines.ts';
import { layoutScenario } from './scenario-names.ts';
import { settingsLines } from './settings-lines.ts';

/** A log and what it could not say. */
export interface DetailLog {
  readonly text: string;
  readonly entries: readonly LogEntry[];
  readonly missingKeys: readonly string[];
}

const seedKeys = ['qsl_rng_seed', 'sample_index_rng_seed', 'schedule_rng_seed'].map(
  (name) => `effective_${name}`,
);

const scenarioKeys = {
  SingleStream: [
    'early_stopping_met',
    'early_stopping_latency_ss',
    'result_mean_latency_ns',
    'result_qps_with_loadgen_overhead',
    'result_qps_without_loadgen_overhead',
    'requested_single_stream_expected_latency_ns',
  ],
  MultiStream: [
    'early_stopping_met',
    'early_stopping_latency_ms',
    'result_mean_query_latency_ns',
    'requested_multi_stream_expected_latency_ns',
  ],
  Server: [
    'early_stopping_met',
    'effective_target_latency_ns',
    'result_scheduled_samples_per_sec',
    'result_completed_samples_per_sec',
    'result_overlatency_query_count',
  ],
  Offline: [
    'effective_samples_per_query',
    'result_samples_per_second',
    'requested_offline_expected_qps',
  ],
} as const;

/** The keys that the layout's readers look for in a log of this leg. */
function wantedKeys(run: ExportRun, leg: ExportLeg): string[] {
  const shared = [
    ...seedKeys,
    'qsl_reported_total_count',
    'loaded_qsl_set',
    'get_sut_name_duration_ns',
  ];
  if (leg === 'accuracy') return [...shared, 'effective_accuracy_sample_count'];
  const scenario = layoutScenario(run.record.settings.scenario);
  return [
    ...shared,
    'generated_query_count',
    'generated_query_duration',
    'result_min_duration_met',
    'result_min_queries_met',
    'result_query_count',
    'power_begin',
    'power_end',
    ...(scenario === undefined ? [] : scenarioKeys[scenario]),
  ];
}

/** The detail log of one leg: marked lines only, the first of which names our load generator. */
export function detailLog(run: ExportRun, leg: ExportLeg): DetailLog {
  const span = legSpan(run, leg);
  const before = [...identityLines(run, leg), ...settingsLines(run, leg)];
  const generated = leg === 'performance' ? generatedLines(run) : [];
  const errors = errorLines(run, leg);
  const results = [
    ...errors,
    ...(leg === 'performance' ? resultLines(run) : []),
    { key: 'num_errors', value: errors.length },
    { key: 'num_warnings', value: 0 },
  ];
  const atStart = [...before, ...generated].map((entry) => logLine(entry, -span.startNs / 1e6));
  const atEnd = results.map((entry) => logLine(entry, (span.endNs - span.startNs) / 1e6));
  const entries = [...before, ...generated, ...results];
  const written = new Set(entries.map(({ key }) => key));
  return {
    text: `${[...atStart, ...atEnd].join('\n')}\n`,
    entries,
    missingKeys: [...neverRecordedKeys, ...wantedKeys(run, leg).filter((key) => !written.has(key))],
  };
}

/** Keys of a log as missing fields of a file. */
export function missingKeys(file: string, log: DetailLog): MissingField[] {
  return log.missingKeys.map((field) => ({ file, field }));
}
