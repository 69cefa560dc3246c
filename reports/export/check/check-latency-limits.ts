import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';
import type { TokenLimits } from './official-benchmarks.ts';

/** One measured number against one limit. */
function over(view: LogView, key: string, limitNs: number | undefined): Finding[] {
  const value = view.content.number(key);
  if (value === undefined || limitNs === undefined || !(value > limitNs)) return [];
  const { line } = view.content.find(key) ?? {};
  const message = `${key} is ${value} ns, over the limit of ${limitNs} ns.`;
  return [finding('error', { file: view.file, line }, { check: 'latency-limit', message })];
}

function classicLimit(view: LogView): Finding[] {
  const { content, folder, file } = view;
  const key = 'effective_target_latency_ns';
  const set = content.number(key);
  const officialMs = folder.official?.serverLatencyMs;
  const official = officialMs === undefined ? undefined : officialMs * 1e6;
  const percentile = content.number('effective_target_latency_percentile') ?? 0.99;
  const measuredKey = `result_${(percentile * 100).toFixed(2)}_percentile_latency_ns`;
  const found = over(view, measuredKey, set);
  if (set === undefined || official === undefined || set <= official) return found;
  const message = `${key} is ${set} ns; ${folder.officialName} allows ${official} ns.`;
  const place = { file, line: content.find(key)?.line };
  return [...found, finding('error', place, { check: 'latency-limit-setting', message })];
}

function tokenLimits(view: LogView, limits: TokenLimits): Finding[] {
  return [
    ...over(view, 'result_first_token_99.00_percentile_latency_ns', limits.ttftMs * 1e6),
    ...over(view, 'result_time_per_output_token_99.00_percentile_ns', limits.tpotMs * 1e6),
  ];
}

/** A server holds its latency limit, and the limit is not looser than the official one. */
export function checkLatencyLimits(view: LogView): Finding[] {
  if (view.leg === 'accuracy' || view.scenario !== 'Server') return [];
  const { official, scenario } = view.folder;
  const limits = scenario === 'Interactive' ? official?.interactive : official?.server;
  return limits === undefined ? classicLimit(view) : tokenLimits(view, limits);
}
