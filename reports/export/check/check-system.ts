import { notRecorded } from '../notice.ts';
import {
  countedSystemFields,
  emptySystemFields,
  filledSystemFields,
  networkSystemFields,
  numericSystemFields,
  systemStatuses,
  systemTypes,
} from '../system-fields.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import { jsonObject, type SubmitterView } from './layout-view.ts';

type Description = Readonly<Record<string, unknown>>;
type Say = (check: string, message: string, severity?: Finding['severity']) => Finding;

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

function presence(description: Description, say: Say, fields: readonly string[]): Finding[] {
  return fields
    .filter((field) => isEmpty(description[field]))
    .map((field) => say('system-field', `"${field}" is missing or empty.`));
}

const isWholeNumber = (value: unknown): boolean =>
  (typeof value === 'number' && Number.isInteger(value) && value >= 0) ||
  (typeof value === 'string' && /^\d+$/.test(value));

function numbers(description: Description, say: Say): Finding[] {
  const counted: readonly string[] = countedSystemFields;
  return numericSystemFields.flatMap((field) => {
    const value = description[field];
    if (isEmpty(value) || isWholeNumber(value)) return [];
    const text = JSON.stringify(value);
    if (value === notRecorded && !counted.includes(field))
      return [say('system-number-missing', `"${field}" is ${text}: it is not known.`, 'note')];
    return [say('system-number', `"${field}" is ${text}, no whole number.`)];
  });
}

/** Fields that may hold one of a few texts. */
function choices(description: Description, view: SubmitterView, say: Say): Finding[] {
  const rules: readonly (readonly [string, readonly string[]])[] = [
    ['status', systemStatuses],
    ['system_type', systemTypes],
    ['division', [view.division]],
    ['submitter', [view.submitter]],
  ];
  return rules.flatMap(([field, allowed]) => {
    const value = description[field];
    if (isEmpty(value) || (typeof value === 'string' && allowed.includes(value))) return [];
    const message = `"${field}" is ${JSON.stringify(value)}; allowed: ${allowed.join(' | ')}.`;
    return [say(`system-${field.replaceAll('_', '-')}`, message)];
  });
}

function descriptionFindings(
  description: Description,
  view: SubmitterView,
  file: string,
): Finding[] {
  const say: Say = (check, message, severity = 'error') =>
    finding(severity, { file }, { check, message });
  return [
    ...presence(description, say, filledSystemFields),
    ...emptySystemFields
      .filter((field) => description[field] === undefined)
      .map((field) => say('system-field', `"${field}" is missing; it may be empty.`)),
    ...(view.division === 'network' ? presence(description, say, networkSystemFields) : []),
    ...choices(description, view, say),
    ...numbers(description, say),
  ];
}

/** Every system with results is described, in full. */
export function checkSystems(files: TreeFiles, view: SubmitterView): Finding[] {
  const systems = new Set(view.scenarios.map(({ system }) => system));
  return [...systems].flatMap((system) => {
    const file = `${view.path}/systems/${system}.json`;
    const description = jsonObject(files, file);
    if (description !== undefined) return descriptionFindings(description, view, file);
    const message = files.sizes.has(file)
      ? 'It is no JSON object.'
      : `The system ${system} has results and no description.`;
    return [finding('error', { file }, { check: 'system-missing', message })];
  });
}
