import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
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

type Plant = PlantedHole['plant'];
type Change = (text: string) => string;

const inSystem =
  (old: string, text: string): Plant =>
  (tree) =>
    editTree(tree, systemFile, (content) => content.replace(old, text));
const inAccuracy =
  (name: string, change: Change): Plant =>
  (tree) =>
    editTree(tree, accuracyFile(tree, name), change);
const inScenario =
  (name: string, change: Change): Plant =>
  (tree) =>
    editTree(tree, `${tree.scenario}/${name}`, change);
const removed =
  (path: (tree: TestTree) => string): Plant =>
  (tree) =>
    rm(join(tree.tree.dir, path(tree)), { recursive: true });

const answers = 'mlperf_log_accuracy.json';
const accuracyText = 'accuracy.txt';
const mapping = 'open/Lab/model_mapping.json';

async function addPower(tree: TestTree): Promise<void> {
  const folder = join(tree.tree.dir, tree.scenario, 'performance', 'power');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'client.json'), '{}');
}

const renamedScenario: Plant = (tree) =>
  rename(join(tree.tree.dir, tree.scenario), join(tree.tree.dir, dirname(tree.scenario), 'Burst'));
const closed: Plant = (tree) => rename(join(tree.tree.dir, 'open'), join(tree.tree.dir, 'closed'));

/** What is wrong, the check that must name it, and how it is planted. */
const holes: readonly (readonly [string, string, Plant])[] = [
  [
    'a missing summary',
    'file-missing',
    removed((tree) => `${tree.scenario}/performance/run_1/mlperf_log_summary.txt`),
  ],
  ['a missing detail log', 'file-missing', removed(detailFile)],
  [
    'a summary that contradicts the detail log',
    'summary-differs',
    inScenario('performance/run_1/mlperf_log_summary.txt', (text) =>
      text.replace('Result is : VALID', 'Result is : INVALID'),
    ),
  ],
  ['a missing accuracy log', 'file-missing', removed((tree) => accuracyFile(tree, answers))],
  [
    'text in a number field',
    'system-number',
    inSystem('"accelerators_per_node": 1', '"accelerators_per_node": "one"'),
  ],
  [
    'n/a where readers count',
    'system-number',
    inSystem('"number_of_nodes": 1', '"number_of_nodes": "n/a"'),
  ],
  ['a bad system_type', 'system-system-type', inSystem('"edge"', '"phone"')],
  ['a bad status', 'system-status', inSystem('"rdi"', '"soon"')],
  ['another submitter', 'system-submitter', inSystem('"submitter": "Lab"', '"submitter": "Other"')],
  ['a missing field of the system', 'system-field', inSystem('"cooling"', '"coolness"')],
  ['a system description that is no JSON', 'system-missing', inSystem('{', '[')],
  ['no description of the system', 'system-missing', removed(() => systemFile)],
  [
    'an unknown benchmark',
    'benchmark-unknown',
    (tree) => editTree(tree, mapping, (text) => text.replace('3d-unet-99', 'no-such-model')),
  ],
  ['no mapping at all', 'model-mapping', removed(() => mapping)],
  ['a mapped name in the closed division', 'benchmark-unknown', closed],
  [
    'an accuracy that is no number',
    'accuracy-value',
    inAccuracy(accuracyText, (text) => text.replace(/accuracy=[\d.]+%/, 'accuracy=nan%')),
  ],
  ['an empty accuracy.txt', 'accuracy-text-empty', inAccuracy(accuracyText, () => '')],
  [
    'accuracy.txt without a hash',
    'accuracy-hash-missing',
    inAccuracy(accuracyText, (text) => text.replace(/hash=.*\n/, '')),
  ],
  [
    'another hash',
    'accuracy-hash-wrong',
    inAccuracy(accuracyText, (text) => text.replace(/hash=.*/, `hash=${'0'.repeat(64)}`)),
  ],
  [
    'an answer that was changed',
    'accuracy-hash-wrong',
    inAccuracy(answers, (text) => text.replace('"00000000"', '"00000001"')),
  ],
  [
    'an accuracy log in lower case',
    'accuracy-log-format',
    inAccuracy(answers, (text) => text.replace('"0000803F"', '"0000803f"')),
  ],
  [
    'a sequence id that is there twice',
    'accuracy-log-format',
    inAccuracy(answers, (text) => text.replace('"seq_id" : 4,', '"seq_id" : 3,')),
  ],
  [
    'an answer too few',
    'accuracy-log-count',
    inAccuracy(answers, (text) => text.replace(/\{.*"seq_id" : 3,.*\n/, '')),
  ],
  [
    'an accuracy log over 10240 bytes',
    'accuracy-log-size',
    inAccuracy(answers, (text) => `${text}${' '.repeat(10_240)}`),
  ],
  [
    'a small accuracy set',
    'accuracy-set-size',
    inAccuracy('mlperf_log_detail.txt', withValue('effective_accuracy_sample_count', '7')),
  ],
  ['an empty README', 'file-empty', inScenario('README.md', () => '')],
  [
    'an empty field of the measurements',
    'measurements-field',
    inScenario('measurements.json', (text) =>
      text.replace('"retraining": "n/a"', '"retraining": ""'),
    ),
  ],
  ['no src', 'source-missing', removed(() => 'open/Lab/src')],
  [
    'a file without the notice',
    'disclaimer',
    inScenario('user.conf', (text) => text.replace('not verified by', 'verified by')),
  ],
  [
    'a log too large to be read',
    'file-large',
    (tree) => truncate(join(tree.tree.dir, detailFile(tree)), 65 * 1024 * 1024),
  ],
  ['a scenario that does not exist', 'scenario-unknown', renamedScenario],
  ['power without its files', 'power-file', addPower],
];

/** What may be wrong in the files of a tree, but for its performance log. */
export const holesElsewhere: readonly PlantedHole[] = holes.map(([hole, check, plant]) => ({
  hole,
  check,
  plant,
}));
