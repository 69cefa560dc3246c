import type { LoadFileSettings } from '#harness/loadgen/plan/plan-settings.ts';

import { readSettingsFile } from './read-settings-file.ts';

/** Settings to judge by, and what was taken for given. */
export interface JudgeSettings {
  readonly file: LoadFileSettings;
  readonly assumptions: readonly string[];
}

/** Of a server load whose settings state no limit. */
const defaultLimitNs = 100_000_000;

/** What a judge does not need, except where the schedule must be made again: the seeds. */
const neutral: Readonly<Record<string, unknown>> = {
  mode: 'performance',
  order: 'reference',
  selection: 'normal',
  librarySampleCount: 1,
  performanceSampleCount: 1,
  seeds: { qsl: '0', sampleIndex: '0', schedule: '0' },
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithoutRate(value: object): boolean {
  return 'scenario' in value && value.scenario === 'server' && !('targetQps' in value);
}

function filled(value: unknown): unknown {
  if (!isObject(value)) return value;
  const isSized = 'performanceSampleCount' in value || 'librarySampleCount' in value;
  const { librarySampleCount: _library, performanceSampleCount: _set, ...rest } = neutral;
  const rate = isWithoutRate(value) ? { targetQps: 1 } : {};
  return { ...(isSized ? rest : neutral), ...rate, ...value };
}

function hasLimit({ targetLatencyNs, ttftTargetNs, tpotTargetNs }: LoadFileSettings): boolean {
  return [targetLatencyNs, ttftTargetNs, tpotTargetNs].some((limitNs) => limitNs !== undefined);
}

function withLimit(file: LoadFileSettings): LoadFileSettings {
  if (file.scenario !== 'server' || hasLimit(file)) return file;
  return { ...file, targetLatencyNs: defaultLimitNs };
}

function limitAssumptions(file: LoadFileSettings): string[] {
  const { scenario, targetLatencyNs, ttftTargetNs, tpotTargetNs } = file;
  const hasTokens = ttftTargetNs !== undefined || tpotTargetNs !== undefined;
  if (scenario !== 'server') return [];
  if (targetLatencyNs === undefined && !hasTokens)
    return [
      `targetLatencyNs is ${defaultLimitNs}, the default of the reference: no limit is given`,
    ];
  return targetLatencyNs !== undefined && hasTokens
    ? ['targetLatencyNs is ignored: the limits of the tokens are given']
    : [];
}

/**
 * Reads the settings of a judge: those of a plan, of which mode, order, selection, seeds and the sizes of the sets may
 * be left out; `targetQps` too, for data that says when queries were due.
 *
 * @param path - `-` reads standard input
 * @throws LabError loadgen/settings-unreadable, loadgen/settings-invalid
 */
export async function judgeSettings(path: string): Promise<JudgeSettings> {
  let hasRate = true;
  const parsed = await readSettingsFile(path, (value) => {
    hasRate = !(isObject(value) && isWithoutRate(value));
    return filled(value);
  });
  const { targetQps: _filled, ...withoutRate } = parsed;
  const given = hasRate ? parsed : withoutRate;
  const byDefault =
    given.targetPercentile === undefined ? ['targetPercentile is that of the scenario'] : [];
  return { file: withLimit(given), assumptions: [...byDefault, ...limitAssumptions(given)] };
}
