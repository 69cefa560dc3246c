import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';
import { valueWords } from './value-words.ts';

const isOn = (value: unknown): boolean => value === true || value === 1 || value === '1';

/** Only whole passes were issued. */
function wholePasses({ content }: LogView): string | undefined {
  const queries = content.number('generated_query_count');
  const perQuery = content.number('generated_samples_per_query');
  const setSize = content.number('effective_performance_sample_count');
  if (queries === undefined || perQuery === undefined || setSize === undefined) return undefined;
  return (queries * perQuery) % setSize === 0
    ? undefined
    : `${queries * perQuery} samples were generated, no multiple of the set of ${setSize}.`;
}

/** Where the rules want every sample once a pass, it is set, and only whole passes were issued. */
export function checkEqualIssue(view: LogView): Finding[] {
  const { file, content, folder, leg } = view;
  if (leg === 'accuracy') return [];
  const line = content.find('effective_sample_concatenate_permutation');
  const isWanted = folder.official?.equalIssue === true;
  const unset = `${folder.officialName} wants every sample once a pass, and effective_sample_concatenate_permutation is ${valueWords(line?.value)}.`;
  const off = isWanted ? unset : undefined;
  const message = isOn(line?.value) ? wholePasses(view) : off;
  if (message === undefined) return [];
  return [finding('error', { file, line: line?.line }, { check: 'equal-issue', message })];
}
