import { layoutFiles } from '../layout-names.ts';
import { finding, type Finding } from './finding.ts';
import type { ScenarioView } from './layout-view.ts';
import { officialNames } from './official-benchmarks.ts';

/** The benchmark is an official one, by its name or, in the open division, by the mapping. */
export function checkBenchmarkName(view: ScenarioView): Finding[] {
  if (view.official !== undefined) return [];
  const mapped =
    view.officialName === undefined
      ? `"${view.benchmark}" is no official benchmark, and ${view.submitterPath}/${layoutFiles.modelMapping} maps it to none`
      : `"${view.benchmark}" is mapped to "${view.officialName}", which is no official benchmark`;
  const message = `${mapped}; there are ${officialNames.join(', ')}.`;
  return [finding('error', { file: view.path }, { check: 'benchmark-unknown', message })];
}
