import { layoutFiles } from '../layout-names.ts';
import { measurementFields } from '../system-fields.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import { jsonObject, type ScenarioView } from './layout-view.ts';

/** `measurements.json` says what was done to the model. */
export function checkMeasurements(files: TreeFiles, view: ScenarioView): Finding[] {
  const file = `${view.path}/${layoutFiles.measurements}`;
  if (!files.sizes.has(file)) return [];
  const content = jsonObject(files, file);
  if (content === undefined)
    return [
      finding('error', { file }, { check: 'measurements-field', message: 'It is no JSON object.' }),
    ];
  return measurementFields
    .filter((field) => content[field] === undefined || content[field] === '')
    .map((field) =>
      finding(
        'error',
        { file },
        { check: 'measurements-field', message: `"${field}" is missing or empty.` },
      ),
    );
}
