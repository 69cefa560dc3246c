import type { ExportLeg, ExportRun } from './export-run.ts';
import type { LogEntry } from './log-line.ts';
import { notRecorded, notResultNotice } from './notice.ts';

const rule = '='.repeat(48);

function valueText(value: LogEntry['value'] | undefined): string {
  if (value === undefined) return notRecorded;
  if (typeof value === 'object') return 'digits' in value ? value.digits : value.join(' ');
  return String(value);
}

const yesNo = (value: LogEntry['value'] | undefined): string => {
  if (typeof value !== 'boolean') return notRecorded;
  return value ? 'Yes' : 'NO';
};

const metricLabels: Readonly<Record<string, string>> = {
  early_stopping_latency_ss: 'Early stopping latency estimate (ns)',
  early_stopping_latency_ms: 'Early stopping query latency estimate (ns)',
  result_completed_samples_per_sec: 'Completed samples per second',
  result_scheduled_samples_per_sec: 'Scheduled samples per second',
  result_samples_per_second: 'Samples per second',
  result_qps_with_loadgen_overhead: 'QPS w/ loadgen overhead',
  result_qps_without_loadgen_overhead: 'QPS w/o loadgen overhead',
  result_tokens_per_second: 'Tokens per second',
  result_completed_tokens_per_second: 'Completed tokens per second',
};

function heading(title: string): string[] {
  return ['', rule, title, rule];
}

/** What the detail log of the same leg says, for people: results and validity, statistics, settings, errors. */
export function summaryLog(run: ExportRun, leg: ExportLeg, entries: readonly LogEntry[]): string {
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const withPrefix = (prefix: string): string[] =>
    entries
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ key, value }) => `${key.slice(prefix.length)} : ${valueText(value)}`);
  const metrics = Object.entries(metricLabels)
    .filter(([key]) => values.has(key))
    .map(([key, label]) => `${label} : ${valueText(values.get(key))} (unverified)`);
  const reasons = entries
    .filter(({ key }) => key === 'result_invalid_reason')
    .map(({ value }) => ` * ${valueText(value)}`);
  const validity =
    leg === 'accuracy'
      ? []
      : [
          `Result is : ${valueText(values.get('result_validity'))}`,
          `  Min duration satisfied : ${yesNo(values.get('result_min_duration_met'))}`,
          `  Min queries satisfied : ${yesNo(values.get('result_min_queries_met'))}`,
          `  Early stopping satisfied: ${yesNo(values.get('early_stopping_met'))}`,
          ...(reasons.length === 0 ? [] : ['Reasons and what to set next:', ...reasons]),
        ];
  return [
    notResultNotice,
    `Written by Assay ${run.record.software.assay} from run ${run.record.runId}.`,
    ...heading('Results Summary'),
    `SUT name : ${valueText(values.get('sut_name'))}`,
    `Scenario : ${valueText(values.get('effective_scenario'))}`,
    `Mode     : ${valueText(values.get('effective_test_mode'))}`,
    ...metrics,
    ...validity,
    ...heading('Additional Stats (unverified)'),
    ...withPrefix('result_'),
    ...heading('Test Parameters Used'),
    ...withPrefix('effective_'),
    '',
    `${valueText(values.get('num_warnings'))} warnings, ${valueText(values.get('num_errors'))} errors encountered.`,
    '',
  ].join('\n');
}
