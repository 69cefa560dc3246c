import {
  accuracyFolder,
  layoutFiles,
  performanceFolder,
  wholeAccuracyLogPath,
} from '../layout-names.ts';
import { textBytesMax, type TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import { divisions, jsonObject, type ScenarioView, type SubmitterView } from './layout-view.ts';

const scenarioNames: readonly string[] = [
  'SingleStream',
  'MultiStream',
  'Server',
  'Offline',
  'Interactive',
];

function wanted(files: TreeFiles, file: string, why: string): Finding[] {
  const size = files.sizes.get(file);
  if (size === undefined)
    return [
      finding('error', { file }, { check: 'file-missing', message: `It is missing: ${why}.` }),
    ];
  return size > 0
    ? []
    : [finding('error', { file }, { check: 'file-empty', message: `It is empty: ${why}.` })];
}

/** Whether the folder holds any file. */
function holdsFiles(files: TreeFiles, folder: string): boolean {
  return [...files.sizes.keys()].some((file) => file.startsWith(`${folder}/`));
}

function legFiles(files: TreeFiles, view: ScenarioView): Finding[] {
  const logs = [layoutFiles.detail, layoutFiles.summary];
  const accuracy = `${view.path}/${accuracyFolder}`;
  return [
    ...logs.flatMap((name) =>
      wanted(files, `${view.path}/${performanceFolder}/${name}`, 'every performance run has it'),
    ),
    ...[...logs, layoutFiles.accuracyLog].flatMap((name) =>
      wanted(files, `${accuracy}/${name}`, 'every accuracy run has it'),
    ),
    ...(files.sizes.has(`${accuracy}/${layoutFiles.accuracyText}`)
      ? []
      : wanted(files, `${accuracy}/${layoutFiles.accuracyText}`, 'every accuracy run has it')),
  ];
}

function scenarioLayout(files: TreeFiles, view: ScenarioView): Finding[] {
  const names = [layoutFiles.measurements, layoutFiles.userConf, layoutFiles.readme];
  return [
    ...(scenarioNames.includes(view.scenario)
      ? []
      : [
          finding(
            'error',
            { file: view.path },
            {
              check: 'scenario-unknown',
              message: `"${view.scenario}" is no scenario; there are ${scenarioNames.join(', ')}.`,
            },
          ),
        ]),
    ...names.flatMap((name) => wanted(files, `${view.path}/${name}`, 'every scenario has it')),
    ...legFiles(files, view),
  ];
}

function missing(check: string, file: string, message: string): Finding[] {
  return [finding('error', { file }, { check, message })];
}

function submitterLayout(files: TreeFiles, view: SubmitterView): Finding[] {
  const mapping = `${view.path}/${layoutFiles.modelMapping}`;
  return [
    ...(holdsFiles(files, `${view.path}/src`)
      ? []
      : missing('source-missing', `${view.path}/src`, 'The folder src is missing or empty.')),
    ...(view.division !== 'open' || jsonObject(files, mapping) !== undefined
      ? []
      : missing('model-mapping', mapping, 'The open division needs it, as a JSON object.')),
    ...(view.scenarios.length > 0
      ? []
      : missing('results-missing', `${view.path}/results`, 'It holds no scenario of any system.')),
    ...view.scenarios.flatMap((scenario) => scenarioLayout(files, scenario)),
  ];
}

/** Accuracy logs below `src` that belong to no scenario. */
function strayWholeLogs(files: TreeFiles, view: SubmitterView): Finding[] {
  const known = new Set(
    view.scenarios.map(({ path }) => {
      const place = path.slice(`${view.path}/results/`.length);
      return `${view.path}/${wholeAccuracyLogPath(place)}`;
    }),
  );
  const folder = `${view.path}/src/whole-accuracy-logs/`;
  return [...files.sizes.keys()]
    .filter((file) => file.startsWith(folder) && !known.has(file))
    .map((file) =>
      finding(
        'error',
        { file },
        { check: 'accuracy-log-stray', message: 'It belongs to no scenario of this submitter.' },
      ),
    );
}

/** What is too large to be read is not checked line by line, and must not pass for checked. */
function largeFiles(files: TreeFiles): Finding[] {
  return [...files.sizes]
    .filter(([, size]) => size > textBytesMax)
    .map(([file, size]) => {
      const severity = file.includes('/src/whole-accuracy-logs/') ? 'note' : 'error';
      const message = `It has ${size} bytes, more than ${textBytesMax}: its lines were not checked.`;
      return finding(severity, { file }, { check: 'file-large', message });
    });
}

/** Every file and folder that the layout demands is there and not empty. */
export function checkLayout(files: TreeFiles, views: readonly SubmitterView[]): Finding[] {
  const none = finding(
    'error',
    { file: '.' },
    {
      check: 'division-missing',
      message: `There is no division with a submitter: ${divisions.join(', ')}.`,
    },
  );
  return [
    ...(views.length === 0 ? [none] : []),
    ...files.strange.map((file) =>
      finding(
        'error',
        { file },
        { check: 'entry-strange', message: 'It is neither a file nor a folder.' },
      ),
    ),
    ...largeFiles(files),
    ...views.flatMap((view) => [...submitterLayout(files, view), ...strayWholeLogs(files, view)]),
  ];
}
