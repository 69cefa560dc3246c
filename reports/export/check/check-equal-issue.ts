import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

const isOn = (value: unknown): boolean => value === true || value === 1 || value === '1';

/** Where the rules want every sample once a pass, it is set, and only whole passes were issued. */
export function checkEqualIssue({ file, content, folder, leg }: LogView): Finding[] {
  if (leg === 'accuracy') return [];
  const line = content.find('effective_sample_concatenate_permutation');
  const on = isOn(line?.value);
  const place = { file, line: line?.line };
  if (!on) {
    if (folder.official?.equalIssue !== true) return [];
    const message = `${folder.officialName} wants every sample once a pass, and effective_sample_concatenate_permutation is ${String(line?.value ?? 'missing')}.`;
    return [finding('error', place, { check: 'equal-issue', message })];
  }
  const queries = content.number('generated_query_count');
  const perQuery = content.number('generated_samples_per_query');
  const setSize = content.number('effective_performance_sample_count');
  if (queries === undefined || perQuery === undefined || setSize === undefined) return [];
  if ((queries * perQuery) % setSize === 0) return [];
  const message = `${queries * perQuery} samples were generated, no multiple of the set of ${setSize}.`;
  return [finding('error', place, { check: 'equal-issue', message })];
}
