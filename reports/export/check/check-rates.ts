import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

const toleranceMin = 0.05;
/** A Poisson process of n arrivals has this many standard deviations of room. */
const deviationCount = 5;

const share = (part: number): string => `${(part * 100).toFixed(1)} %`;

/**
 * The server's rates fit: what completed against what was scheduled, what was scheduled against what was asked for.
 * The rules name the scheduled rate, readers of logs take the completed one; here they must agree.
 */
export function checkRates({ file, content, leg, scenario }: LogView): Finding[] {
  if (leg === 'accuracy' || scenario !== 'Server') return [];
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
