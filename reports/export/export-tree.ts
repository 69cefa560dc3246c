import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { evidenceWriteError, hasErrno, isSystemError } from '../evidence/evidence-write-error.ts';
import { exportPlan, type ExportNames, type ScenarioPlan } from './export-plan.ts';
import type { ExportRun, MissingField } from './export-run.ts';
import { layoutFiles } from './layout-names.ts';
import { noticeField, notResultNotice } from './notice.ts';
import { jsonText } from './scenario-texts.ts';
import {
  missingSystemFields,
  systemDescription,
  type SystemDescription,
} from './system-description.ts';
import { treeReadme } from './tree-readme.ts';
import { writeScenario, writeTreeFile } from './write-scenario.ts';

/** What is to be exported and where to. */
export interface ExportRequest {
  readonly runs: readonly ExportRun[];
  /** The folder of the tree; it must not exist yet, or be empty. */
  readonly dir: string;
  readonly names: ExportNames;
  /** Fields of the system that the records do not know. */
  readonly addedSystem: SystemDescription;
}

/** A tree that was written. */
export interface ExportedTree {
  /** Absolute path. */
  readonly dir: string;
  /** Every log's place: `open/<Submitter>/results/<system>/<benchmark>/<Scenario>/<leg>`. */
  readonly places: readonly string[];
  readonly missing: readonly MissingField[];
  readonly notice: string;
}

/** One description for each system: runs that disagree about it do not belong under one name. */
function systems(
  plans: readonly ScenarioPlan[],
  addedSystem: SystemDescription,
): Map<string, SystemDescription> {
  const found = new Map<string, { readonly run: ExportRun; readonly text: SystemDescription }>();
  for (const plan of plans) {
    const path = `open/${plan.submitter}/systems/${plan.system}.json`;
    for (const run of new Set(plan.legs.values())) {
      const text = systemDescription(run.record, plan, addedSystem);
      const first = found.get(path);
      if (first === undefined) found.set(path, { run, text });
      else checkSame(first, { run, text }, path);
    }
  }
  return new Map([...found].map(([path, { text }]) => [path, text]));
}

interface Described {
  readonly run: ExportRun;
  readonly text: SystemDescription;
}

/** Notes name the suite, which may differ; the system may not. */
function checkSame(first: Described, next: Described, path: string): void {
  const field = Object.keys(first.text).find(
    (name) => name !== 'sw_notes' && first.text[name] !== next.text[name],
  );
  if (field === undefined) return;
  const [one, other] = [first.run.record.runId, next.run.record.runId];
  throw labError(
    'export/conflict',
    `Runs ${one} and ${other} both belong to ${path}, but their "${field}" differs.`,
    { details: { runIds: [one, other], where: path } },
  );
}

/** `model_mapping.json` of a submitter: our suites under the official names that a person gave. */
function modelMapping(plans: readonly ScenarioPlan[], names: ExportNames): string {
  const { benchmark } = names;
  const pairs = plans.flatMap((plan) =>
    benchmark === undefined || plan.benchmark === benchmark ? [] : [[plan.benchmark, benchmark]],
  );
  return jsonText({ [noticeField]: notResultNotice, ...Object.fromEntries(pairs) });
}

const sourceReadme = (runs: readonly ExportRun[]): string =>
  [
    `**${notResultNotice}.**`,
    '',
    'No source code is exported. The software that measured:',
    '',
    ...runs.map(({ record }) => `- run ${record.runId}: Assay ${record.software.assay}`),
    '',
    'Below `whole-accuracy-logs` lie the accuracy logs that the layout wants cut to their two ends.',
    '',
  ].join('\n');

async function writeTree(root: string, request: ExportRequest): Promise<Omit<ExportedTree, 'dir'>> {
  const { runs, names } = request;
  const plans = exportPlan(runs, names);
  const missing: MissingField[] = [];
  for (const plan of plans) missing.push(...(await writeScenario(root, plan)));
  for (const [path, description] of systems(plans, request.addedSystem)) {
    await writeTreeFile(root, path, jsonText(description));
    missing.push(...missingSystemFields(description).map((field) => ({ file: path, field })));
  }
  for (const submitter of new Set(plans.map((plan) => plan.submitter))) {
    const own = plans.filter((plan) => plan.submitter === submitter);
    const mapping = `open/${submitter}/${layoutFiles.modelMapping}`;
    await writeTreeFile(root, mapping, modelMapping(own, names));
    await writeTreeFile(root, `open/${submitter}/src/${layoutFiles.readme}`, sourceReadme(runs));
    if (names.benchmark === undefined)
      missing.push({ file: mapping, field: 'the official benchmark that the suite stands for' });
  }
  await writeTreeFile(root, layoutFiles.readme, treeReadme(runs, missing));
  const places = plans.flatMap((plan) =>
    [...plan.legs.keys()].map((leg) => `open/${plan.submitter}/results/${plan.place}/${leg}`),
  );
  return { places, missing, notice: notResultNotice };
}

async function checkTarget(dir: string): Promise<void> {
  try {
    const entries = await readdir(dir);
    if (entries.length > 0)
      throw labError('export/target-not-empty', `${dir} is not empty; it holds ${entries[0]}.`);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return;
    if (hasErrno(error, 'ENOTDIR'))
      throw labError('export/target-not-empty', `${dir} is no folder.`, { cause: error });
    throw error;
  }
}

/** Puts the finished tree in its place; whoever filled that meanwhile wins. */
async function moveInto(draft: string, dir: string): Promise<void> {
  try {
    await rename(draft, dir);
  } catch (cause) {
    if (!hasErrno(cause, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw cause;
    throw labError('export/target-not-empty', `${dir} is not empty any more.`, { cause });
  }
}

/**
 * Writes a tree from runs: whole or not at all, in a folder beside the target that is renamed at the end.
 *
 * @throws LabError export/target-not-empty, export/conflict, export/not-exportable, export/invalid-description,
 *   evidence/disk-full, evidence/write-failed
 */
export async function exportTree(request: ExportRequest): Promise<ExportedTree> {
  const dir = resolve(request.dir);
  let draft: string | undefined;
  try {
    await checkTarget(dir);
    await mkdir(dirname(dir), { recursive: true });
    draft = await mkdtemp(join(dirname(dir), `.${basename(dir)}-`));
    const tree = await writeTree(draft, request);
    await chmod(draft, 0o755);
    await moveInto(draft, dir);
    return { dir, ...tree };
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    throw isSystemError(error) ? evidenceWriteError(error, dir) : error;
  }
}
