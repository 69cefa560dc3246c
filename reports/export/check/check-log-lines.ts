import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';
import { neededKeys } from './needed-keys.ts';
import { valueWords } from './value-words.ts';

function brokenLines({ file, content }: LogView): Finding[] {
  const words = {
    json: { check: 'log-line-json', message: 'The marked line is no JSON.' },
    shape: { check: 'log-line-shape', message: 'The marked line lacks key, value or metadata.' },
  } as const;
  return [
    ...(content.firstLineMarked
      ? []
      : [
          finding(
            'error',
            { file, line: 1 },
            { check: 'log-first-line', message: 'The first line does not begin with :::MLLOG.' },
          ),
        ]),
    ...content.broken.map(({ line, problem }) => finding('error', { file, line }, words[problem])),
  ];
}

function errorLines({ file, content }: LogView): Finding[] {
  const errors = content.lines.filter(({ isError, key }) => isError || key.startsWith('error_'));
  const stated = content.number('num_errors');
  const mismatch = stated !== undefined && stated !== errors.length;
  return [
    ...errors.map(({ line, key, value }) =>
      finding(
        'error',
        { file, line },
        {
          check: 'log-error-line',
          message: `The log reports an error: ${key} ${valueWords(value)}.`,
        },
      ),
    ),
    ...(mismatch
      ? [
          finding(
            'error',
            { file, line: content.find('num_errors')?.line },
            {
              check: 'log-error-count',
              message: `num_errors is ${stated}, the log holds ${errors.length} errors.`,
            },
          ),
        ]
      : []),
  ];
}

/** Keys that say one thing: twice with different values is a log that was put together. */
function repeatedKeys({ file, content }: LogView): Finding[] {
  const first = new Map<string, string>();
  return content.lines.flatMap(({ key, value, valueText, line }) => {
    const isSingle = /^(effective_|early_stopping_|num_|result_(?!invalid_reason))/.test(key);
    if (!isSingle) return [];
    const text = typeof value === 'number' ? valueText : JSON.stringify(value);
    const earlier = first.get(key) ?? text;
    first.set(key, earlier);
    if (earlier === text) return [];
    const message = `${key} is ${text} here and ${earlier} above.`;
    return [finding('error', { file, line }, { check: 'log-key-repeated', message })];
  });
}

function missingKeys(view: LogView): Finding[] {
  return neededKeys(view)
    .filter((alternatives) => alternatives.every((key) => view.content.find(key) === undefined))
    .map((alternatives) =>
      finding(
        'error',
        { file: view.file },
        {
          check: 'log-key-missing',
          message: `The log does not hold ${alternatives.join(' or ')}.`,
        },
      ),
    );
}

/** A scenario's log lies in the folder of that scenario. */
function scenarioFits({ file, content, folder, scenario }: LogView): Finding[] {
  const expected = folder.scenario === 'Interactive' ? 'Server' : folder.scenario;
  if (scenario === expected) return [];
  const message = `The log is of ${scenario}, the folder of ${folder.scenario}.`;
  const { line } = content.find('effective_scenario') ?? {};
  return [finding('error', { file, line }, { check: 'scenario-differs', message })];
}

function modeFits({ file, content, leg }: LogView): Finding[] {
  const mode = content.find('effective_test_mode');
  const expected = leg === 'performance' ? 'PerformanceOnly' : 'AccuracyOnly';
  if (mode === undefined || mode.value === expected || mode.value === 'SubmissionRun') return [];
  const message = `The test mode is ${valueWords(mode.value)}, not ${expected}.`;
  return [finding('error', { file, line: mode.line }, { check: 'mode-differs', message })];
}

/** The log can be read, holds what its readers need and reports no error. */
export function checkLogLines(view: LogView): Finding[] {
  return [
    ...brokenLines(view),
    ...errorLines(view),
    ...repeatedKeys(view),
    ...missingKeys(view),
    ...scenarioFits(view),
    ...modeFits(view),
  ];
}
