import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import type { ScenarioView, SubmitterView } from './layout-view.ts';
import type { LogView } from './log-view.ts';
import { valueWords } from './value-words.ts';

/** An audit of the closed division is there and says that it passed. */
function testFindings(files: TreeFiles, view: ScenarioView): Finding[] {
  return (view.official?.closedTests ?? []).flatMap((test) => {
    const folder = `${view.path}/${test}/`;
    const verdicts = [...files.sizes.keys()].filter(
      (file) => file.startsWith(folder) && /\/verify_[^/]*\.txt$/.test(file),
    );
    const file = `${view.path}/${test}`;
    if (verdicts.length === 0)
      return [
        finding(
          'error',
          { file },
          { check: 'audit-missing', message: `The closed division wants ${test}.` },
        ),
      ];
    return verdicts
      .filter((path) => !/TEST PASS|check pass: True/.test(files.text(path) ?? ''))
      .map((path) =>
        finding(
          'error',
          { file: path },
          { check: 'audit-failed', message: `${test} does not say that it passed.` },
        ),
      );
  });
}

/** Every scenario that the closed division wants of a benchmark is there. */
function missingScenarios(view: SubmitterView): Finding[] {
  const found = new Map<string, { present: Set<string>; view: ScenarioView }>();
  for (const scenario of view.scenarios) {
    const key = `${scenario.system}/${scenario.benchmark}`;
    const entry = found.get(key) ?? { present: new Set<string>(), view: scenario };
    entry.present.add(scenario.scenario);
    found.set(key, entry);
  }
  return [...found].flatMap(([key, { present, view: scenario }]) =>
    (scenario.official?.closedScenarios ?? [])
      .filter((wanted) => !present.has(wanted))
      .map((wanted) =>
        finding(
          'error',
          { file: `${view.path}/results/${key}` },
          { check: 'scenario-missing', message: `The closed division wants ${wanted} as well.` },
        ),
      ),
  );
}

/** A network system says so in its log. */
export function checkNetworkName({ file, content, folder }: LogView): Finding[] {
  if (folder.division !== 'network') return [];
  const name = content.find('sut_name');
  if (valueWords(name?.value).includes('Network SUT')) return [];
  const message = `sut_name is ${valueWords(name?.value)}, without "Network SUT".`;
  return [finding('error', { file, line: name?.line }, { check: 'network-name', message })];
}

/** What only the closed division wants. */
export function checkClosedDivision(files: TreeFiles, view: SubmitterView): Finding[] {
  if (view.division !== 'closed') return [];
  return [
    ...missingScenarios(view),
    ...view.scenarios.flatMap((scenario) => testFindings(files, scenario)),
  ];
}
