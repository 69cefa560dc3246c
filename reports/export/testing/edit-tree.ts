import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { exportedTree, TestTree } from './exported-tree.ts';

/** Alters a text file of the tree. */
export async function editTree(
  tree: TestTree,
  path: string,
  change: (text: string) => string,
): Promise<void> {
  const file = join(tree.tree.dir, path);
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${path} was not changed`);
  await writeFile(file, changed);
}

/** Its performance log. */
export const detailFile = (tree: TestTree): string =>
  `${tree.scenario}/performance/run_1/mlperf_log_detail.txt`;
/** A file of its accuracy run. */
export const accuracyFile = (tree: TestTree, name: string): string =>
  `${tree.scenario}/accuracy/${name}`;
/** Its description of the system. */
export const systemFile = 'open/Lab/systems/Demo_board_A.json';

/** Sets the value of a key in a detail log. */
export const withValue =
  (key: string, value: string) =>
  (text: string): string =>
    text.replace(new RegExp(`("key": "${key}", "value": )[^,]+`), `$1${value}`);

/** Adds a line at the end. */
export const appended =
  (line: string) =>
  (text: string): string =>
    `${text}${line}\n`;

type ScenarioName = Parameters<typeof exportedTree>[0];
/** Something wrong, how it is planted into a tree in order, and the check that must name it. */
export interface PlantedHole {
  readonly hole: string;
  readonly scenario?: ScenarioName;
  readonly plant: (tree: TestTree) => Promise<void>;
  readonly check: string;
}

/** A line that reports an error. */
export const errorLine =
  ':::MLLOG {"key": "error_runtime", "value": "x", "time_ms": 1.0, "namespace": "n", "event_type": "e", "metadata": {"is_error": true, "is_warning": false}}';
