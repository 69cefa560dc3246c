import type { LabConfig, PowerSwitchEntry } from '#harness/contracts/define-lab.ts';

import type { ConfigProblem } from './config-problem.ts';
import { shapeProblems } from './shape-problems.ts';

function listOf(ids: readonly string[]): string {
  return ids.length === 0 ? 'none is configured' : ids.join(', ');
}

function duplicateProblems(section: string, ids: readonly string[]): ConfigProblem[] {
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [
          {
            path: `${section}[${index}].id`,
            problem: `the id "${id}" is taken by ${section}[${ids.indexOf(id)}]`,
            remedy: 'give each entry its own id',
          },
        ],
  );
}

/** A reference to an entry that must exist. */
function referenceProblem(
  path: string,
  wanted: string | undefined,
  known: { readonly what: string; readonly ids: readonly string[] },
): ConfigProblem[] {
  if (wanted === undefined || known.ids.includes(wanted)) return [];
  const remedy = `use one of: ${listOf(known.ids)}`;
  return [{ path, problem: `there is no ${known.what} "${wanted}"`, remedy }];
}

function powerSwitchIds({ powerSwitches = [] }: LabConfig): readonly string[] {
  return powerSwitches.map(({ id }) => id);
}

function referenceProblems(config: LabConfig): ConfigProblem[] {
  const stations = { what: 'station', ids: config.stations.map(({ id }) => id) };
  const instruments = { what: 'instrument', ids: config.instruments.map(({ id }) => id) };
  const boards = { what: 'board', ids: config.boards.map(({ id }) => id) };
  const suites = { what: 'suite', ids: config.suites.map(({ id }) => id) };
  const switches = { what: 'power switch', ids: powerSwitchIds(config) };
  return [
    ...config.boards.flatMap((board, index) => [
      ...referenceProblem(`boards[${index}].stationId`, board.stationId, stations),
      ...referenceProblem(`boards[${index}].powerMeterId`, board.powerMeterId, instruments),
      ...(board.recovery?.powerSwitchIds ?? []).flatMap((id, place) =>
        referenceProblem(`boards[${index}].recovery.powerSwitchIds[${place}]`, id, switches),
      ),
    ]),
    ...config.instruments.flatMap((instrument, index) =>
      referenceProblem(`instruments[${index}].stationId`, instrument.stationId, stations),
    ),
    ...(config.plan ?? []).flatMap((job, index) => [
      ...referenceProblem(`plan[${index}].boardId`, job.boardId, boards),
      ...referenceProblem(`plan[${index}].suiteId`, job.suiteId, suites),
    ]),
  ];
}

interface DriverEntry {
  readonly path: string;
  readonly config: unknown;
  readonly driver:
    | LabConfig['boards'][number]['driver']
    | LabConfig['instruments'][number]['driver']
    | PowerSwitchEntry['driver'];
}

function driverEntries(config: LabConfig): DriverEntry[] {
  const boards = config.boards.map(({ driver, config: own }, index) => ({
    path: `boards[${index}].config`,
    driver,
    config: own,
  }));
  const instruments = config.instruments.map(({ driver, config: own }, index) => ({
    path: `instruments[${index}].config`,
    driver,
    config: own,
  }));
  const switches = (config.powerSwitches ?? []).map(({ driver, config: own }, index) => ({
    path: `powerSwitches[${index}].config`,
    driver,
    config: own,
  }));
  return [...boards, ...instruments, ...switches];
}

/** A device path or address used by one entry. */
export interface ConfiguredResource {
  readonly path: string;
  readonly resource: string;
}

/** What each entry claims for itself; entries whose configuration is wrong claim nothing. */
export function configuredResources(config: LabConfig): ConfiguredResource[] {
  return driverEntries(config)
    .filter(({ driver, config: own, path }) => shapeProblems(driver.config, own, path).length === 0)
    .flatMap(({ driver, config: own, path }) =>
      driver.resources(own).map((resource) => ({ path, resource })),
    );
}

function sharedResourceProblems(resources: readonly ConfiguredResource[]): ConfigProblem[] {
  return resources.flatMap(({ path, resource }, index) => {
    const first = resources.findIndex((other) => other.resource === resource);
    const owner = resources[first];
    if (first === index || owner === undefined) return [];
    const problem = `"${resource}" is used by ${owner.path} already`;
    return [{ path, problem, remedy: 'give each board and instrument its own path' }];
  });
}

/** Everything that is wrong between entries: ids, references, drivers' own schemas, shared paths. Pure. */
export function crossProblems(config: LabConfig): ConfigProblem[] {
  const sections = ['stations', 'boards', 'instruments', 'suites'] as const;
  return [
    ...sections.flatMap((section) =>
      duplicateProblems(
        section,
        config[section].map(({ id }) => id),
      ),
    ),
    ...duplicateProblems('powerSwitches', powerSwitchIds(config)),
    ...referenceProblems(config),
    ...driverEntries(config).flatMap(({ driver, config: own, path }) =>
      shapeProblems(driver.config, own, path),
    ),
    ...sharedResourceProblems(configuredResources(config)),
  ];
}
