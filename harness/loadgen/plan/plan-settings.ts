import { Type, type Static } from 'typebox';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import {
  OrderKindSchema,
  SeedsSchema,
  SelectionSchema,
} from '#harness/contracts/records/load-settings.ts';

import type { LoadPlanSettings } from './load-plan-settings.ts';
import { settingsContradictions } from './settings-contradictions.ts';

const sampleCountMax = 4_294_967_295;
const queryCountMax = 1_000_000_000;
const durationMsMax = 43_200_000;
const qpsMax = 10_000_000;
/** More problems than this are not listed. */
const problemCountMax = 200;

/** The settings file of `assay loadgen plan` and `assay loadgen judge`. */
export const LoadFileSettingsSchema = Type.Object(
  {
    scenario: Type.Union([
      Type.Literal('single-stream'),
      Type.Literal('multi-stream'),
      Type.Literal('server'),
      Type.Literal('offline'),
    ]),
    mode: Type.Union([Type.Literal('performance'), Type.Literal('accuracy')]),
    order: OrderKindSchema,
    selection: SelectionSchema,
    sameIndex: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: sampleCountMax,
        description: 'selection same only: position in the sample set, from 0; default 0',
      }),
    ),
    seeds: SeedsSchema,
    librarySampleCount: Type.Integer({ minimum: 1, maximum: sampleCountMax }),
    performanceSampleCount: Type.Integer({
      minimum: 1,
      maximum: sampleCountMax,
      description: 'samples of one loaded set; at most librarySampleCount',
    }),
    samplesPerQuery: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'multi-stream only (elsewhere 1); default 8',
      }),
    ),
    minDurationMs: Type.Number({ minimum: 0, maximum: durationMsMax }),
    minQueryCount: Type.Integer({ minimum: 0, maximum: queryCountMax }),
    targetQps: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: qpsMax,
        description: 'server only: queries a second; default 1',
      }),
    ),
    expectedQps: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1_000_000_000,
        description: 'offline only: samples a second, a hint that sizes the query; default 1',
      }),
    ),
    expectedLatencyNs: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: durationMsMax * 1e6,
        description:
          'single-stream and multi-stream only: a hint that sizes the plan; default 1 000 000 (1 ms) and 8 000 000 (8 ms)',
      }),
    ),
    accuracyLogProbability: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'share of the answers that a performance load keeps; default 0, none',
      }),
    ),
    accuracyLogSamplingTarget: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: queryCountMax,
        description: 'how many answers a performance load should keep; default 0, by probability',
      }),
    ),
    targetPercentile: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description: 'judge only' }),
    ),
    targetLatencyNs: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'judge only' })),
    ttftTargetNs: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'judge only' })),
    tpotTargetNs: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'judge only' })),
  },
  { additionalProperties: false },
);
export type LoadFileSettings = Static<typeof LoadFileSettingsSchema>;

const PartSchema = Type.Partial(LoadFileSettingsSchema);

const streamLatencyNs = { 'single-stream': 1e6, 'multi-stream': 8e6 } as const;

type ShapeError = ReturnType<typeof Value.Errors>[number];

/** The words that a union of words allows; its branches each report the one they wanted. */
function allowedWords(place: string, errors: readonly ShapeError[]): string {
  const words = errors.flatMap((error) =>
    error.keyword === 'const' && error.instancePath === place ? [error.params.allowedValue] : [],
  );
  return words.map((word) => JSON.stringify(word)).join(', ');
}

/** One error as lines: the key, and what is wrong with it. */
function shapeLines(error: ShapeError, errors: readonly ShapeError[]): string[] {
  const place = error.instancePath.slice(1).replaceAll('/', '.');
  const inside = (key: string): string => (place === '' ? key : `${place}.${key}`);
  if (error.keyword === 'additionalProperties')
    return error.params.additionalProperties.map((key) => `${inside(key)}: unknown key`);
  if (error.keyword === 'required')
    return error.params.requiredProperties.map((key) => `${inside(key)}: missing`);
  if (error.keyword === 'anyOf')
    return [`${place}: must be one of ${allowedWords(error.instancePath, errors)}`];
  // A union and an object report these once more, in one line.
  if (error.keyword === 'const' || error.keyword === 'boolean') return [];
  return [`${place === '' ? 'the settings' : place}: ${error.message}`];
}

/** What the schema has against the value, one line each. */
function shapeProblems(value: unknown): string[] {
  Settings.Set({ maxErrors: problemCountMax });
  const errors = Value.Errors(LoadFileSettingsSchema, value);
  return errors.flatMap((error) => shapeLines(error, errors));
}

/** The keys whose values are right by themselves, so that contradictions show up beside other problems. */
function rightPart(value: object): Partial<LoadFileSettings> {
  const known = Object.entries(LoadFileSettingsSchema.properties);
  const given: Readonly<Record<string, unknown>> = { ...value };
  const right = Object.fromEntries(
    known
      .filter(([key, schema]) => Object.hasOwn(given, key) && Value.Check(schema, given[key]))
      .map(([key]) => [key, given[key]]),
  );
  return Value.Check(PartSchema, right) ? right : {};
}

/** The key that a problem is about. */
function keyOf(problem: string): string {
  return problem.slice(0, problem.indexOf(':'));
}

/**
 * Checks the content of a settings file.
 *
 * @throws LabError loadgen/settings-invalid with every problem: unknown, missing, wrong and contradictory keys
 */
export function parseLoadFileSettings(value: unknown): LoadFileSettings {
  const shape = [...new Set(shapeProblems(value))];
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const contradictions = isObject ? settingsContradictions(rightPart(value)) : [];
  const wrongKeys = new Set(shape.map(keyOf));
  const problems = [...shape, ...contradictions.filter((line) => !wrongKeys.has(keyOf(line)))];
  if (problems.length === 0 && Value.Check(LoadFileSettingsSchema, value)) return value;
  const text = problems.map((problem) => `\n${problem}`).join('');
  throw labError('loadgen/settings-invalid', `the settings cannot be used:${text}`, {
    details: { problems },
  });
}

function plannedQps(file: LoadFileSettings): number {
  switch (file.scenario) {
    case 'server':
      return file.targetQps ?? 1;
    case 'offline':
      return file.expectedQps ?? 1;
    case 'single-stream':
    case 'multi-stream':
      return 1e9 / (file.expectedLatencyNs ?? streamLatencyNs[file.scenario]);
  }
}

/** The settings with every default filled in. Pure. */
export function loadPlanSettings(file: LoadFileSettings): LoadPlanSettings {
  return {
    scenario: file.scenario,
    mode: file.mode,
    order: file.order,
    selection: file.selection,
    sameIndex: file.sameIndex ?? 0,
    seeds: { ...file.seeds, accuracyLog: file.seeds.accuracyLog ?? '0' },
    librarySampleCount: file.librarySampleCount,
    performanceSampleCount: file.performanceSampleCount,
    samplesPerQuery: file.scenario === 'multi-stream' ? (file.samplesPerQuery ?? 8) : 1,
    minDurationMs: file.minDurationMs,
    minQueryCount: file.minQueryCount,
    qps: plannedQps(file),
    accuracyLogProbability: file.accuracyLogProbability ?? 0,
    accuracyLogSamplingTarget: file.accuracyLogSamplingTarget ?? 0,
  };
}
