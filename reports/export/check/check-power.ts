import { performanceFolder } from '../layout-names.ts';
import { powerSystemFields } from '../system-fields.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import { jsonObject, type ScenarioView } from './layout-view.ts';
import type { LogView } from './log-view.ts';

const powerFiles = [
  `${performanceFolder}/spl.txt`,
  'performance/ranging/spl.txt',
  'performance/power/client.json',
  'performance/power/client.log',
  'performance/power/ptd_logs.txt',
  'performance/power/server.json',
  'performance/power/server.log',
] as const;

const keys = ['power_begin', 'power_end', 'result_query_count'] as const;

/** Whether power was measured as the layout wants it. */
function hasPower(files: TreeFiles, view: ScenarioView): boolean {
  const folder = `${view.path}/performance/power/`;
  return [...files.sizes.keys()].some((file) => file.startsWith(folder));
}

/** Where there is power, there is all of it. */
export function checkPower(
  files: TreeFiles,
  view: ScenarioView,
  log: LogView | undefined,
): Finding[] {
  if (!hasPower(files, view)) return [];
  const system = `${view.submitterPath}/systems/${view.system}.json`;
  const description = jsonObject(files, system) ?? {};
  const missingKeys = keys.filter((key) => log?.content.find(key) === undefined);
  return [
    ...powerFiles
      .filter((name) => !files.sizes.has(`${view.path}/${name}`))
      .map((name) =>
        finding(
          'error',
          { file: `${view.path}/${name}` },
          { check: 'power-file', message: 'It is missing: power was measured.' },
        ),
      ),
    ...missingKeys.map((key) =>
      finding(
        'error',
        { file: log?.file ?? view.path },
        { check: 'power-key', message: `Power was measured, and the log does not hold ${key}.` },
      ),
    ),
    ...powerSystemFields
      .filter((field) => description[field] === undefined)
      .map((field) =>
        finding(
          'error',
          { file: system },
          { check: 'power-field', message: `"${field}" is missing: power was measured.` },
        ),
      ),
  ];
}
