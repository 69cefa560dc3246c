import { labError } from '#harness/contracts/error-catalogue.ts';

import { legsOf, type ExportLeg, type ExportRun } from './export-run.ts';
import { folderName, folderNamePattern } from './layout-names.ts';
import { layoutScenario } from './scenario-names.ts';

/** What a person chooses of the names in the tree. */
export interface ExportNames {
  /** Default: the lab's name. */
  readonly submitter?: string | undefined;
  /** Default: the board's name. */
  readonly system?: string | undefined;
  /** The official benchmark that the suite stands for. */
  readonly benchmark?: string | undefined;
}

/** The logs of one scenario of one system. */
export interface ScenarioPlan {
  readonly submitter: string;
  readonly system: string;
  readonly benchmark: string;
  /** `<system>/<benchmark>/<Scenario>` */
  readonly place: string;
  readonly legs: ReadonlyMap<ExportLeg, ExportRun>;
}

function checkedName(what: string, name: string): string {
  if (folderNamePattern.test(name)) return name;
  throw labError(
    'export/invalid-description',
    `The ${what} ${JSON.stringify(name)} is no name of a folder: letters, digits, ".", "_" and "-" only.`,
  );
}

/** Why a run has no place in the layout; undefined when it has one. */
function unfitReason({ record }: ExportRun): string | undefined {
  if (record.error !== null || record.verdict === 'aborted' || record.verdict === 'none')
    return `it broke off (${record.verdict}) and states no number`;
  if (record.settings.mode === 'compliance')
    return 'an audit is a comparison of loads, not one load';
  if (record.settings.stream !== undefined)
    return 'a stream is heard once and has no log of queries';
  if (layoutScenario(record.settings.scenario) === undefined)
    return `the layout has no scenario ${record.settings.scenario}`;
  return undefined;
}

function checkFits(run: ExportRun): void {
  const reason = unfitReason(run);
  if (reason === undefined) return;
  throw labError('export/not-exportable', `Run ${run.record.runId} cannot be exported: ${reason}.`);
}

/** A name as a folder; one that leaves nothing of itself is replaced by its id. */
const named = (text: string, id: string): string => folderName(text) || folderName(id) || 'unnamed';

/** The names of a run's place. */
function scenarioOf(run: ExportRun, names: ExportNames): Omit<ScenarioPlan, 'legs'> {
  const { lab, board, suite, settings } = run.record;
  const submitter = checkedName('submitter', names.submitter ?? named(lab.name, lab.id));
  const system = checkedName('system', names.system ?? named(board.name, board.id));
  const benchmark = named(suite.id, suite.id);
  const place = `${system}/${benchmark}/${layoutScenario(settings.scenario) ?? ''}`;
  return { submitter, system, benchmark, place };
}

function checkFree(taken: ExportRun | undefined, run: ExportRun, where: string): void {
  if (taken === undefined) return;
  throw labError(
    'export/conflict',
    `Runs ${taken.record.runId} and ${run.record.runId} both belong to ${where}.`,
    { details: { runIds: [taken.record.runId, run.record.runId], where } },
  );
}

/**
 * Where each log of each run goes.
 *
 * @throws LabError export/not-exportable, export/conflict when two logs have the same place,
 *   export/invalid-description for a name that is none
 */
export function exportPlan(runs: readonly ExportRun[], names: ExportNames): ScenarioPlan[] {
  const plans = new Map<string, ScenarioPlan & { readonly legs: Map<ExportLeg, ExportRun> }>();
  for (const run of runs) {
    checkFits(run);
    const scenario = scenarioOf(run, names);
    const key = `${scenario.submitter}/${scenario.place}`;
    const plan = plans.get(key) ?? { ...scenario, legs: new Map<ExportLeg, ExportRun>() };
    plans.set(key, plan);
    for (const leg of legsOf(run)) {
      checkFree(plan.legs.get(leg), run, `${key}/${leg}`);
      plan.legs.set(leg, run);
    }
  }
  return [...plans.values()];
}
