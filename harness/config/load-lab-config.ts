import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { LabConfig } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import type { ConfigProblem } from './config-problem.ts';
import { LabConfigShape } from './config-shape.ts';
import { configuredResources, crossProblems } from './cross-problems.ts';
import { readEnvironment } from './environment.ts';
import { shapeProblems } from './shape-problems.ts';

/** A configuration that was checked, and where it stands. */
export interface LoadedLab {
  readonly config: LabConfig;
  /** Absolute path of the file. */
  readonly configPath: string;
  /** Its folder: paths in the configuration are relative to it. */
  readonly rootDir: string;
  /** Absolute path of everything that lasts. */
  readonly stateDir: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What makes a driver of each kind. */
const makers = {
  dut: 'defineDutDriver',
  power: 'definePowerDriver',
  facility: 'definePowerSwitchDriver',
} as const;

/** A driver is made by one of `makers`; anything else fails here, before it is called. */
function isDriver(value: unknown, kind: keyof typeof makers): boolean {
  return isRecord(value) && value['kind'] === kind && typeof value['open'] === 'function';
}

function driverProblems(value: Record<string, unknown>): ConfigProblem[] {
  const kinds = { boards: 'dut', instruments: 'power', powerSwitches: 'facility' } as const;
  return (['boards', 'instruments', 'powerSwitches'] as const).flatMap((section) => {
    const entries: readonly unknown[] = Array.isArray(value[section]) ? value[section] : [];
    return entries.flatMap((entry, index) =>
      isRecord(entry) && !isDriver(entry['driver'], kinds[section])
        ? [
            {
              path: `${section}[${index}].driver`,
              problem: `is no ${kinds[section]} driver`,
              remedy: `import one from drivers/ (made by ${makers[kinds[section]]})`,
            },
          ]
        : [],
    );
  });
}

/** The shape was checked by the schema and the drivers by `driverProblems`: this only tells the compiler. */
function isLabConfig(value: unknown, problems: readonly ConfigProblem[]): value is LabConfig {
  return isRecord(value) && problems.length === 0;
}

/** A path that exists but is no device is a mistake; one that does not exist may be a board that is not plugged in. */
function pathProblems(config: LabConfig, rootDir: string): ConfigProblem[] {
  return configuredResources(config).flatMap(({ path, resource }) => {
    const looksLikePath = resource.startsWith('/') || resource.startsWith('.');
    const absolute = resolve(rootDir, resource);
    if (!looksLikePath || !existsSync(absolute) || statSync(absolute).isCharacterDevice())
      return [];
    const problem = `"${resource}" exists but is no device`;
    return [{ path, problem, remedy: 'name the serial device, such as /dev/ttyACM0' }];
  });
}

/** The problems of a configuration, all of them: shape first, and when that is right what lies between entries. */
export function labConfigProblems(value: unknown, rootDir: string): ConfigProblem[] {
  const shape = [
    ...shapeProblems(LabConfigShape, value, ''),
    ...(isRecord(value) ? driverProblems(value) : []),
  ];
  if (!isLabConfig(value, shape)) return shape;
  return [...crossProblems(value), ...pathProblems(value, rootDir)];
}

function refuse(configPath: string, problems: readonly ConfigProblem[]): never {
  const lines = problems.map(({ path, problem, remedy }) => `  ${path}: ${problem}; ${remedy}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw labError('config/invalid', `${configPath} has ${count}:\n${lines.join('\n')}`, {
    details: { problems },
  });
}

async function importConfig(configPath: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(configPath).href);
    return isRecord(module) ? module['default'] : undefined;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw labError('config/load-failed', `${configPath} cannot be loaded: ${words}`, { cause });
  }
}

/** The nearest lab.config.ts, from the working directory upwards. */
function nearestConfig(): string {
  const start = resolve('lab.config.ts');
  for (let folder = dirname(start); ; folder = dirname(folder)) {
    const path = resolve(folder, 'lab.config.ts');
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return start;
  }
}

/**
 * Loads and checks a lab's configuration.
 *
 * @param path - of the file; default: the nearest `lab.config.ts` from the working directory upwards
 * @throws LabError config/not-found, config/load-failed, config/invalid with every problem at once
 */
export async function loadLabConfig(path?: string): Promise<LoadedLab> {
  const configPath = path === undefined ? nearestConfig() : resolve(path);
  if (!existsSync(configPath)) throw labError('config/not-found', `there is no ${configPath}`);
  const value = await importConfig(configPath);
  const rootDir = dirname(configPath);
  const problems = labConfigProblems(value, rootDir);
  if (!isLabConfig(value, problems)) refuse(configPath, problems);
  const stateDir = readEnvironment().stateDir ?? value.stateDir ?? '.assay';
  return {
    config: value,
    configPath,
    rootDir,
    stateDir: isAbsolute(stateDir) ? stateDir : resolve(rootDir, stateDir),
  };
}
