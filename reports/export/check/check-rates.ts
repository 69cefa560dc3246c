import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

const toleranceMin = 0.05;
/** A Poisson process of n arrivals has this many standard deviations of room. */
const deviationCount = 5;

const share = (part: number): string => `${(part * 100).toFixed(1)} %`;

/** Rates are worked out from rounded numbers. */
const offlineTolerance = 0.01;

/** Offline the rate is that of all samples over the largest latency. */
function offlineFindings({ file, content }: LogView): Finding[] {
  const rate = content.number('result_samples_per_second');
  const samples = content.number('effective_samples_per_query');
  const maxNs = content.number('result_max_latency_ns');
  if (rate === undefined || samples === undefined || maxNs === undefined) return [];
  const known = (samples * 1e9) / maxNs;
  if (Math.abs(rate / known - 1) <= offlineTolerance) return [];
  const { line } = content.find('result_samples_per_second') ?? {};
  const message = `It is ${rate}, but ${samples} samples in ${maxNs} ns are ${known} samples/s.`;
  return [finding('error', { file, line }, { check: 'rate-offline', message })];
}

/**
 * The server's rates fit: what completed against what was scheduled, what was scheduled against what was asked for.
 * The rules name the scheduled rate, readers of logs take the completed one; here they must agree.
 */
function serverFindings({ file, content }: LogView): Finding[] {
  const scheduled = content.number('result_scheduled_samples_per_sec');
  const completed = content.number('result_completed_samples_per_sec');
  const target = content.number('effective_target_qps');
  const queryCount = content.number('result_query_count') ?? 1;
  const tolerance = Math.max(toleranceMin, deviationCount / Math.sqrt(queryCount));
  const far = (rate: number, reference: number): boolean =>
    Math.abs(rate / reference - 1) > tolerance;
  const found: Finding[] = [];
  if (scheduled !== undefined && completed !== undefined && far(completed, scheduled)) {
    const message = `${completed} samples/s completed, ${scheduled} samples/s were scheduled: ${share(Math.abs(completed / scheduled - 1))} apart.`;
    const { line } = content.find('result_completed_samples_per_sec') ?? {};
    found.push(finding('error', { file, line }, { check: 'rate-completed', message }));
  }
  if (scheduled !== undefined && target !== undefined && far(scheduled, target)) {
    const message = `${scheduled} samples/s were scheduled, ${target} were asked for.`;
    const { line } = content.find('result_scheduled_samples_per_sec') ?? {};
    found.push(finding('error', { file, line }, { check: 'rate-scheduled', message }));
  }
  return found;
}

/** The rates that a performance log states fit its other numbers. */
export function checkRates(view: LogView): Finding[] {
  if (view.leg === 'accuracy') return [];
  if (view.scenario === 'Offline') return offlineFindings(view);
  return view.scenario === 'Server' ? serverFindings(view) : [];
}
