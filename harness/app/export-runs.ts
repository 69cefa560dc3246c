import { readFile } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { checkTree, type TreeCheck } from '#reports/export/check/check-tree.ts';
import type { ExportNames } from '#reports/export/export-plan.ts';
import type { ExportRun } from '#reports/export/export-run.ts';
import { exportTree, type ExportedTree } from '#reports/export/export-tree.ts';
import { readExportRun } from '#reports/export/read-export-run.ts';
import {
  parseSystemDescription,
  type SystemDescription,
} from '#reports/export/system-description.ts';

import { bundlePath, type BundlePlace } from './bundle-path.ts';
import { loadedSet } from './loaded-set.ts';

/** What `assay export` is asked for. */
export interface ExportRunsRequest extends BundlePlace {
  /** Ids of runs, or folders of bundles. */
  readonly runs: readonly string[];
  /** Folder of the tree. */
  readonly to: string;
  readonly names: ExportNames;
  /** JSON file with fields of the system that the records do not know. */
  readonly systemJsonPath?: string | undefined;
}

async function addedSystem(path: string | undefined): Promise<SystemDescription> {
  if (path === undefined) return {};
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return parseSystemDescription(value, path);
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw labError('export/invalid-description', `${path} is no JSON: ${cause.message}`, {
        cause,
      });
    if (cause instanceof Error && 'syscall' in cause)
      throw labError('export/invalid-description', `${path} cannot be read: ${cause.message}`, {
        cause,
      });
    throw cause;
  }
}

/** The run with the set that its generator loads, where that can be told. */
function withLoadedSet(run: ExportRun): ExportRun {
  const { record, librarySampleCount } = run;
  const set = librarySampleCount === undefined ? undefined : loadedSet(record, librarySampleCount);
  return set === undefined ? run : { ...run, loadedSet: set };
}

/**
 * Exports runs of this lab into a tree, offline.
 *
 * @throws LabError export/…, job/not-found, evidence/…, config/…
 */
export async function exportRuns(request: ExportRunsRequest): Promise<ExportedTree> {
  const system = await addedSystem(request.systemJsonPath);
  using opened = new DisposableStack();
  const runs: ExportRun[] = [];
  for (const name of request.runs) {
    const dir = await bundlePath(name, request);
    runs.push(withLoadedSet(opened.use(await readExportRun(dir)).run));
  }
  // Awaited here: the query logs are closed when this function is left.
  return await exportTree({ runs, dir: request.to, names: request.names, addedSystem: system });
}

/**
 * Checks a tree, however it was made.
 *
 * @throws LabError export/tree-unreadable
 */
export function checkExport(dir: string, options: { readonly skipsSetSizes: boolean }): TreeCheck {
  return checkTree(dir, options);
}
