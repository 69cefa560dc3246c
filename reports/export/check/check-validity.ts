import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';
import { valueWords } from './value-words.ts';

const conditions = [
  'result_min_duration_met',
  'result_min_queries_met',
  'result_perf_constraints_met',
  'early_stopping_met',
] as const;

/** The performance log says that it is valid, and so do all the conditions it states. */
export function checkValidity({ file, content, leg }: LogView): Finding[] {
  if (leg === 'accuracy') return [];
  const validity = content.find('result_validity');
  const reasons = content.lines
    .filter(({ key }) => key === 'result_invalid_reason')
    .map(({ value }) => valueWords(value))
    .join(' ');
  const invalid =
    validity === undefined || validity.value === 'VALID'
      ? []
      : [
          finding(
            'error',
            { file, line: validity.line },
            {
              check: 'validity',
              message: `result_validity is ${valueWords(validity.value)}. ${reasons}`.trim(),
            },
          ),
        ];
  const unmet = conditions.flatMap((key) => {
    const line = content.find(key);
    if (line === undefined || line.value === true) return [];
    const message = `${key} is ${valueWords(line.value)}.`;
    return [finding('error', { file, line: line.line }, { check: 'validity-condition', message })];
  });
  return [...invalid, ...unmet];
}
