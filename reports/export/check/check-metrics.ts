import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

const primaryKeys: ReadonlySet<string> = new Set([
  'early_stopping_latency_ss',
  'early_stopping_latency_ms',
  'result_completed_samples_per_sec',
  'result_scheduled_samples_per_sec',
  'result_samples_per_second',
  'result_tokens_per_second',
  'result_completed_tokens_per_second',
  'result_qps_with_loadgen_overhead',
  'result_qps_without_loadgen_overhead',
]);

/** Keys whose values are numbers by their meaning. */
function isMetric(key: string): boolean {
  if (
    primaryKeys.has(key) ||
    key === 'result_query_count' ||
    key === 'result_overlatency_query_count'
  )
    return true;
  return /^result_.*(latency_ns|percentile_ns|output_token_(min|max|mean))$/.test(key);
}

function metricProblem(key: string, value: number): { check: string; message: string } | undefined {
  if (!Number.isFinite(value))
    return { check: 'metric-finite', message: `${key} is no finite number.` };
  if (value < 0) return { check: 'metric-negative', message: `${key} is ${value}.` };
  if (value === 0 && primaryKeys.has(key)) return { check: 'metric-zero', message: `${key} is 0.` };
  return undefined;
}

const percentileNames = ['50.00', '90.00', '95.00', '97.00', '99.00', '99.90'];

/** The families of latencies in a log, each from small to large. */
const families = ['latency_ns', 'per_query_latency_ns'].map((suffix) => [
  suffix === 'latency_ns' ? 'result_min_latency_ns' : 'result_min_query_latency_ns',
  ...percentileNames.map((name) => `result_${name}_percentile_${suffix}`),
  suffix === 'latency_ns' ? 'result_max_latency_ns' : 'result_max_query_latency_ns',
]);

/** Percentiles grow, and the mean lies between the ends. */
function orderFindings({ file, content }: LogView): Finding[] {
  const found: Finding[] = [];
  const compare = (small: string, large: string): void => {
    const [low, high] = [content.number(small), content.number(large)];
    if (low === undefined || high === undefined || !(low > high)) return;
    const message = `${small} (${low}) is larger than ${large} (${high}).`;
    const { line } = content.find(large) ?? {};
    found.push(finding('error', { file, line }, { check: 'metric-order', message }));
  };
  for (const family of families) {
    const present = family.filter((key) => content.find(key) !== undefined);
    for (const [place, key] of present.entries()) {
      const next = present[place + 1];
      if (next !== undefined) compare(key, next);
    }
  }
  for (const middle of ['', '_query']) {
    compare(`result_min${middle}_latency_ns`, `result_mean${middle}_latency_ns`);
    compare(`result_mean${middle}_latency_ns`, `result_max${middle}_latency_ns`);
  }
  return found;
}

/** Every metric is a finite number that such a quantity can have, and they fit each other. */
export function checkMetrics(view: LogView): Finding[] {
  const { file, content } = view;
  const single = content.lines.flatMap(({ key, line }) => {
    if (!isMetric(key)) return [];
    const problem = metricProblem(key, content.number(key) ?? Number.NaN);
    return problem === undefined ? [] : [finding('error', { file, line }, problem)];
  });
  return [...single, ...orderFindings(view)];
}
