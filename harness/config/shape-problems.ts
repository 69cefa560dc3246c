import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';

import type { ConfigProblem } from './config-problem.ts';

/** More problems than this in one value are not listed. */
const problemCountMax = 200;

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: unknown;
}

/** `/boards/0/id` as a person writes it: `boards[0].id`. */
function dotted(root: string, pointer: string): string {
  const steps = pointer.split('/').slice(1);
  const text = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return `${root}${text}`.replace(/^\./, '');
}

function parameter(params: unknown, key: string): unknown {
  if (typeof params !== 'object' || params === null) return undefined;
  return Object.entries(params).find(([name]) => name === key)?.[1];
}

function namesIn(params: unknown, key: string): readonly string[] {
  const names = parameter(params, key);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function keyProblems(path: string, error: SchemaError): ConfigProblem[] {
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const unknown = namesIn(error.params, 'additionalProperties').map((name) => ({
    path: inside(name),
    problem: 'unknown key',
    remedy: 'correct its spelling or remove it',
  }));
  const missing = namesIn(error.params, 'requiredProperties').map((name) => ({
    path: inside(name),
    problem: 'is missing',
    remedy: 'add it',
  }));
  return [...unknown, ...missing];
}

/** The branches of a union each report the same place: one sentence with the allowed values says it better. */
function unionProblem(
  path: string,
  pointer: string,
  errors: readonly SchemaError[],
): ConfigProblem {
  const allowed = errors
    .filter((error) => error.keyword === 'const' && error.instancePath.startsWith(pointer))
    .map((error) => JSON.stringify(parameter(error.params, 'allowedValue')));
  const choice =
    allowed.length === 0 ? 'one of the allowed forms' : [...new Set(allowed)].join(', ');
  return { path, problem: 'is none of the allowed values', remedy: `write ${choice}` };
}

function problemsOf(
  root: string,
  error: SchemaError,
  errors: readonly SchemaError[],
): ConfigProblem[] {
  const path = dotted(root, error.instancePath);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'required':
      return keyProblems(path, error);
    case 'anyOf':
      return [unionProblem(path, error.instancePath, errors)];
    case 'boolean':
    case 'const':
      return [];
    default:
      return [
        {
          path: path === '' ? 'lab.config.ts' : path,
          problem: error.message,
          remedy: 'correct the value',
        },
      ];
  }
}

/**
 * Everything that does not fit the schema, as problems with paths.
 *
 * @param root - path of `value` in lab.config.ts; empty for the whole
 */
export function shapeProblems(schema: TSchema, value: unknown, root: string): ConfigProblem[] {
  if (Value.Check(schema, value)) return [];
  Settings.Set({ maxErrors: problemCountMax });
  const errors = Value.Errors(schema, value);
  const problems = errors.flatMap((error) => problemsOf(root, error, errors));
  const distinct = new Map(
    problems.map((problem) => [`${problem.path} ${problem.problem}`, problem]),
  );
  const fallback = { path: root, problem: 'does not fit its schema', remedy: 'correct the value' };
  return distinct.size > 0 ? [...distinct.values()] : [fallback];
}
