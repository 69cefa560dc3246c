import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import {
  accuracyFile,
  detailFile,
  editTree,
  systemFile,
  withValue,
  type PlantedHole,
} from './edit-tree.ts';
import type { TestTree } from './exported-tree.ts';

const inSystem =
  (change: (text: string) => string) =>
  (tree: TestTree): Promise<void> =>
    editTree(tree, systemFile, change);
const removed =
  (path: (tree: TestTree) => string) =>
  (tree: TestTree): Promise<void> =>
    rm(join(tree.tree.dir, path(tree)), { recursive: true });

/** What may be wrong in the other files of a tree. */
export const holesElsewhere: readonly PlantedHole[] = [
  {
    hole: 'a missing summary',
    plant: removed((tree) => `${tree.scenario}/performance/run_1/mlperf_log_summary.txt`),
    check: 'file-missing',
  },
  { hole: 'a missing detail log', plant: removed(detailFile), check: 'file-missing' },
  {
    hole: 'a missing accuracy log',
    plant: removed((tree) => accuracyFile(tree, 'mlperf_log_accuracy.json')),
    check: 'file-missing',
  },
  {
    hole: 'text in a number field',
    plant: inSystem((text) =>
      text.replace('"accelerators_per_node": 1', '"accelerators_per_node": "one"'),
    ),
    check: 'system-number',
  },
  {
    hole: 'n/a where readers count',
    plant: inSystem((text) => text.replace('"number_of_nodes": 1', '"number_of_nodes": "n/a"')),
    check: 'system-number',
  },
  {
    hole: 'a bad system_type',
    plant: inSystem((text) => text.replace('"edge"', '"phone"')),
    check: 'system-system-type',
  },
  {
    hole: 'a bad status',
    plant: inSystem((text) => text.replace('"rdi"', '"soon"')),
    check: 'system-status',
  },
  {
    hole: 'another submitter',
    plant: inSystem((text) => text.replace('"submitter": "Lab"', '"submitter": "Other"')),
    check: 'system-submitter',
  },
  {
    hole: 'a missing field of the system',
    plant: inSystem((text) => text.replace(/ {2}"cooling".*\n/, '')),
    check: 'system-field',
  },
  {
    hole: 'no description of the system',
    plant: removed(() => systemFile),
    check: 'system-missing',
  },
  {
    hole: 'an unknown benchmark',
    plant: (tree) =>
      editTree(tree, 'open/Lab/model_mapping.json', (text) =>
        text.replace('3d-unet-99', 'no-such-model'),
      ),
    check: 'benchmark-unknown',
  },
  {
    hole: 'no mapping at all',
    plant: removed(() => 'open/Lab/model_mapping.json'),
    check: 'model-mapping',
  },
  {
    hole: 'an empty accuracy.txt',
    plant: (tree) => editTree(tree, accuracyFile(tree, 'accuracy.txt'), () => ''),
    check: 'accuracy-text-empty',
  },
  {
    hole: 'accuracy.txt without a hash',
    plant: (tree) =>
      editTree(tree, accuracyFile(tree, 'accuracy.txt'), (text) => text.replace(/hash=.*\n/, '')),
    check: 'accuracy-hash-missing',
  },
  {
    hole: 'another hash',
    plant: (tree) =>
      editTree(tree, accuracyFile(tree, 'accuracy.txt'), (text) =>
        text.replace(/hash=.*/, `hash=${'0'.repeat(64)}`),
      ),
    check: 'accuracy-hash-wrong',
  },
  {
    hole: 'an answer that was changed',
    plant: (tree) =>
      editTree(tree, accuracyFile(tree, 'mlperf_log_accuracy.json'), (text) =>
        text.replace('"00000000"', '"00000001"'),
      ),
    check: 'accuracy-hash-wrong',
  },
  {
    hole: 'an accuracy log in lower case',
    plant: (tree) =>
      editTree(tree, accuracyFile(tree, 'mlperf_log_accuracy.json'), (text) =>
        text.replace('"0000803F"', '"0000803f"'),
      ),
    check: 'accuracy-log-format',
  },
];
