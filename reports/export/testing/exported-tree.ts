import { join } from 'node:path';

import type { Scenario } from '#harness/contracts/records/run-record.ts';

import { temporaryFolder, type TemporaryFolder } from '../../testing/temporary-folder.ts';
import { exportTree, type ExportedTree } from '../export-tree.ts';
import { addedSystem, layoutRun } from './layout-run.ts';

/** A tree in order, in a folder of its own. */
export interface TestTree extends AsyncDisposable {
  readonly tree: ExportedTree;
  readonly folder: TemporaryFolder;
  /** `open/Lab/results/<system>/<benchmark>/<Scenario>`, relative to the tree. */
  readonly scenario: string;
}

/** Exports one run of 10 minutes. */
export async function exportedTree(
  scenario: Exclude<Scenario, 'find-peak'>,
  options: Parameters<typeof layoutRun>[1] = {},
): Promise<TestTree> {
  const folder = await temporaryFolder();
  const { run, benchmark } = layoutRun(scenario, options);
  const tree = await exportTree({
    runs: [run],
    dir: join(folder.path, 'tree'),
    names: { submitter: 'Lab', benchmark },
    addedSystem,
  });
  const [place = ''] = tree.places;
  return {
    tree,
    folder,
    scenario: place.slice(0, place.lastIndexOf('/')),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
