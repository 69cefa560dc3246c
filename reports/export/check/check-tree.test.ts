import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { exportedTree, type TestTree } from '../testing/exported-tree.ts';
import { checkTree, type TreeCheck } from './check-tree.ts';

const strict = { skipsSetSizes: false };
const names = (check: TreeCheck): string[] => [
  ...new Set(check.findings.filter(({ severity }) => severity === 'error').map((f) => f.check)),
];

/** Alters a text file of the tree. */
async function edit(
  tree: TestTree,
  path: string,
  change: (text: string) => string,
): Promise<void> {
  const file = join(tree.tree.dir, path);
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  expect(changed, `${path} was not changed`).not.toBe(text);
  await writeFile(file, changed);
}

const detail = (tree: TestTree): string => `${tree.scenario}/performance/run_1/mlperf_log_detail.txt`;
const accuracy = (tree: TestTree, name: string): string => `${tree.scenario}/accuracy/${name}`;
const system = 'open/Lab/systems/Demo_board_A.json';

/** Sets the value of a key in a detail log. */
const setting =
  (key: string, value: string) =>
  (text: string): string =>
    text.replace(new RegExp(`("key": "${key}", "value": )[^,]+`), `$1${value}`);

const without =
  (key: string) =>
  (text: string): string =>
    text
      .split('\n')
      .filter((line) => !line.includes(`"key": "${key}"`))
      .join('\n');

const appended =
  (line: string) =>
  (text: string): string =>
    `${text}${line}\n`;

type ScenarioName = Parameters<typeof exportedTree>[0];
interface Hole {
  readonly hole: string;
  readonly scenario?: ScenarioName;
  readonly plant: (tree: TestTree) => Promise<void>;
  readonly check: string;
}

const inDetail =
  (change: (text: string) => string) =>
  (tree: TestTree): Promise<void> =>
    edit(tree, detail(tree), change);
const inSystem =
  (change: (text: string) => string) =>
  (tree: TestTree): Promise<void> =>
    edit(tree, system, change);
const removed =
  (path: (tree: TestTree) => string) =>
  (tree: TestTree): Promise<void> =>
    rm(join(tree.tree.dir, path(tree)), { recursive: true });

const errorLine =
  ':::MLLOG {"key": "error_runtime", "value": "x", "time_ms": 1.0, "namespace": "n", "event_type": "e", "metadata": {"is_error": true, "is_warning": false}}';

/** What the field's checker lets through, and what it looks at. */
const holes: readonly Hole[] = [
  { hole: 'INVALID validity', plant: inDetail(setting('result_validity', '"INVALID"')), check: 'validity' },
  { hole: 'a condition not met', plant: inDetail(setting('result_min_duration_met', 'false')), check: 'validity-condition' },
  { hole: 'an ERROR line in the performance log', plant: inDetail(appended(errorLine)), check: 'log-error-line' },
  { hole: 'num_errors other than the errors', plant: inDetail(setting('num_errors', '2')), check: 'log-error-count' },
  { hole: 'a negative metric', plant: inDetail(setting('early_stopping_latency_ss', '-5')), check: 'metric-negative' },
  { hole: 'a NaN metric', plant: inDetail(setting('early_stopping_latency_ss', 'NaN')), check: 'metric-finite' },
  { hole: 'a metric of 0', plant: inDetail(setting('early_stopping_latency_ss', '0')), check: 'metric-zero' },
  { hole: 'percentiles out of order', plant: inDetail(setting('result_50.00_percentile_latency_ns', '9e12')), check: 'metric-order' },
  { hole: 'result_query_count 5', plant: inDetail(setting('result_query_count', '5')), check: 'query-count' },
  { hole: 'more queries than were generated', plant: inDetail(setting('result_query_count', '302')), check: 'query-count' },
  { hole: 'half a query', plant: inDetail(setting('result_query_count', '300.5')), check: 'query-count' },
  { hole: 'a missing summary', plant: removed((tree) => `${tree.scenario}/performance/run_1/mlperf_log_summary.txt`), check: 'file-missing' },
  { hole: 'a missing detail log', plant: removed(detail), check: 'file-missing' },
  { hole: 'a missing accuracy log', plant: removed((tree) => accuracy(tree, 'mlperf_log_accuracy.json')), check: 'file-missing' },
  { hole: 'equal issue off', plant: inDetail(setting('effective_sample_concatenate_permutation', 'false')), check: 'equal-issue' },
  { hole: 'half a pass', plant: inDetail(setting('generated_query_count', '310')), check: 'equal-issue' },
  { hole: 'text in a number field', plant: inSystem((text) => text.replace('"accelerators_per_node": 1', '"accelerators_per_node": "one"')), check: 'system-number' },
  { hole: 'n/a where readers count', plant: inSystem((text) => text.replace('"number_of_nodes": 1', '"number_of_nodes": "n/a"')), check: 'system-number' },
  { hole: 'a bad system_type', plant: inSystem((text) => text.replace('"edge"', '"phone"')), check: 'system-system-type' },
  { hole: 'a bad status', plant: inSystem((text) => text.replace('"rdi"', '"soon"')), check: 'system-status' },
  { hole: 'another submitter', plant: inSystem((text) => text.replace('"submitter": "Lab"', '"submitter": "Other"')), check: 'system-submitter' },
  { hole: 'a missing field of the system', plant: inSystem((text) => text.replace(/ {2}"cooling".*\n/, '')), check: 'system-field' },
  { hole: 'no description of the system', plant: removed(() => system), check: 'system-missing' },
  { hole: 'an unknown benchmark', plant: (tree) => edit(tree, 'open/Lab/model_mapping.json', (text) => text.replace('3d-unet-99', 'no-such-model')), check: 'benchmark-unknown' },
  { hole: 'no mapping at all', plant: removed(() => 'open/Lab/model_mapping.json'), check: 'model-mapping' },
  { hole: 'an empty accuracy.txt', plant: (tree) => edit(tree, accuracy(tree, 'accuracy.txt'), () => ''), check: 'accuracy-text-empty' },
  { hole: 'accuracy.txt without a hash', plant: (tree) => edit(tree, accuracy(tree, 'accuracy.txt'), (text) => text.replace(/hash=.*\n/, '')), check: 'accuracy-hash-missing' },
  { hole: 'another hash', plant: (tree) => edit(tree, accuracy(tree, 'accuracy.txt'), (text) => text.replace(/hash=.*/, `hash=${'0'.repeat(64)}`)), check: 'accuracy-hash-wrong' },
  { hole: 'an answer that was changed', plant: (tree) => edit(tree, accuracy(tree, 'mlperf_log_accuracy.json'), (text) => text.replace('"00000000"', '"00000001"')), check: 'accuracy-hash-wrong' },
  { hole: 'an accuracy log in lower case', plant: (tree) => edit(tree, accuracy(tree, 'mlperf_log_accuracy.json'), (text) => text.replace('"0000803F"', '"0000803f"')), check: 'accuracy-log-format' },
  { hole: 'an answer too few', plant: (tree) => edit(tree, accuracy(tree, 'mlperf_log_accuracy.json'), (text) => text.replace(/\{.*"seq_id" : 3,.*\n/, '')), check: 'accuracy-log-count' },
  { hole: 'an accuracy log over 10240 bytes', plant: (tree) => edit(tree, accuracy(tree, 'mlperf_log_accuracy.json'), (text) => `${text}${' '.repeat(10_240)}`), check: 'accuracy-log-size' },
  { hole: 'a short duration setting', plant: inDetail(setting('effective_min_duration_ms', '60000')), check: 'duration-setting' },
  { hole: 'a load that was shorter than set', plant: inDetail((text) => setting('result_qps_with_loadgen_overhead', '50')(setting('result_mean_latency_ns', '1999000000')(setting('result_query_count', '102')(text)))), check: 'duration-measured' },
  { hole: 'results dated before the end', plant: inDetail((text) => text.replaceAll(/"time_ms": 60\d{4}\.\d+/g, '"time_ms": 1000.0')), check: 'duration-instants' },
  { hole: 'early stopping that the counts do not give', plant: inDetail((text) => setting('result_query_count', '63')(text)), check: 'early-stopping' },
  { hole: 'an estimate under its percentile', plant: inDetail(setting('early_stopping_latency_ss', '1999000001')), check: 'early-stopping-estimate' },
  { hole: 'late queries that early stopping does not allow', scenario: 'server', plant: inDetail(setting('result_overlatency_query_count', '9')), check: 'early-stopping' },
  { hole: 'completions that fall behind the schedule', scenario: 'server', plant: inDetail(setting('result_completed_samples_per_sec', '1.5')), check: 'rate-completed' },
  { hole: 'a schedule other than asked for', scenario: 'server', plant: inDetail(setting('effective_target_qps', '4')), check: 'rate-scheduled' },
  { hole: 'a latency over the limit', scenario: 'server', plant: inDetail(setting('effective_target_latency_ns', '30000000')), check: 'latency-limit' },
  { hole: 'queries that the server never issued', scenario: 'server', plant: inDetail(setting('generated_query_count', '1300')), check: 'query-count' },
  { hole: 'samples that the offline query does not have', scenario: 'offline', plant: inDetail(setting('result_query_count', '77')), check: 'query-count' },
  { hole: 'a small performance set', plant: inDetail(setting('effective_performance_sample_count', '7')), check: 'performance-set-size' },
  { hole: 'a small accuracy set', plant: (tree) => edit(tree, accuracy(tree, 'mlperf_log_detail.txt'), setting('effective_accuracy_sample_count', '7')), check: 'accuracy-set-size' },
  { hole: 'a marked line that is no JSON', plant: inDetail(appended(':::MLLOG {"key": "x",')), check: 'log-line-json' },
  { hole: 'a marked line without a value', plant: inDetail(appended(':::MLLOG {"key": "x"}')), check: 'log-line-shape' },
  { hole: 'a first line that is not marked', plant: inDetail((text) => `hello\n${text}`), check: 'log-first-line' },
  { hole: 'a key with two values', plant: inDetail((text) => `${text}${setting('early_stopping_latency_ss', '1')(text.split('\n').find((line) => line.includes('early_stopping_latency_ss')) ?? '')}\n`), check: 'log-key-repeated' },
  { hole: 'no seeds', plant: inDetail(without('effective_qsl_rng_seed')), check: 'log-key-missing' },
  { hole: 'seeds that are no numbers', plant: inDetail(setting('effective_qsl_rng_seed', '1.5')), check: 'seeds-wrong' },
  { hole: 'the log of another scenario', plant: inDetail(setting('effective_scenario', '"Offline"')), check: 'scenario-differs' },
  { hole: 'an accuracy log for performance', plant: inDetail(setting('effective_test_mode', '"AccuracyOnly"')), check: 'mode-differs' },
  { hole: 'an empty README', plant: (tree) => edit(tree, `${tree.scenario}/README.md`, () => ''), check: 'file-empty' },
  { hole: 'an empty field of the measurements', plant: (tree) => edit(tree, `${tree.scenario}/measurements.json`, (text) => text.replace('"retraining": "n/a"', '"retraining": ""')), check: 'measurements-field' },
  { hole: 'no src', plant: removed(() => 'open/Lab/src'), check: 'source-missing' },
  { hole: 'a file without the notice', plant: (tree) => edit(tree, `${tree.scenario}/user.conf`, (text) => text.replace('not verified by', 'verified by')), check: 'disclaimer' },
  { hole: 'a scenario that does not exist', plant: async (tree) => rename(join(tree.tree.dir, tree.scenario), join(tree.tree.dir, dirname(tree.scenario), 'Burst')), check: 'scenario-unknown' },
  { hole: 'power without its files', plant: async (tree) => {
      const folder = join(tree.tree.dir, tree.scenario, 'performance', 'power');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'client.json'), '{}');
    }, check: 'power-file' },
  { hole: 'a closed tree without its audits', plant: async (tree) => rename(join(tree.tree.dir, 'open'), join(tree.tree.dir, 'closed')), check: 'benchmark-unknown' },
];

describe('the check of a tree', () => {
  for (const scenario of ['single-stream', 'multi-stream', 'server', 'offline'] as const) {
    it(`finds no fault with a tree of ours: ${scenario}`, async () => {
      await using tree = await exportedTree(scenario);
      const check = checkTree(tree.tree.dir, strict);
      expect(check.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(check.ok).toBe(true);
    });
  }

  it('notes seeds that are not the official ones, and numbers that are not known', async () => {
    await using tree = await exportedTree('single-stream');
    const notes = checkTree(tree.tree.dir, strict).findings.map(({ check }) => check);
    expect(new Set(notes)).toEqual(new Set(['seeds-not-official', 'system-number-missing']));
  });

  it('takes the official seeds of v6.1, digit by digit', async () => {
    const seeds = {
      qsl: '2085463073848966840',
      sampleIndex: '2747215439041700203',
      schedule: '16159082839903944936',
    };
    await using tree = await exportedTree('single-stream', {
      change: (record) => ({ ...record, settings: { ...record.settings, seeds } }),
    });
    const notes = checkTree(tree.tree.dir, strict).findings.map(({ check }) => check);
    expect(notes).not.toContain('seeds-not-official');
  });

  it.each(holes)('catches $hole as $check', async ({ scenario = 'single-stream', plant, check }) => {
    await using tree = await exportedTree(scenario);
    await plant(tree);
    const found = checkTree(tree.tree.dir, strict);
    expect(names(found)).toContain(check);
    expect(found.ok).toBe(false);
  });

  it('lets set sizes pass as notes when told to', async () => {
    await using tree = await exportedTree('single-stream');
    await edit(tree, detail(tree), setting('effective_performance_sample_count', '1'));
    const found = checkTree(tree.tree.dir, { skipsSetSizes: true });
    expect(names(found)).toEqual([]);
    expect(found.findings.map((one) => one.check)).toContain('performance-set-size');
  });

  it('works the hash of a cut accuracy log out from the whole one, and says when it cannot', async () => {
    await using tree = await exportedTree('single-stream', { outputSize: 64 });
    expect(names(checkTree(tree.tree.dir, strict))).toEqual([]);
    const whole = `open/Lab/src/whole-accuracy-logs/Demo_board_A/keyword-spotting/SingleStream/accuracy-log.json`;
    await edit(tree, whole, (text) => text.replace('"qsl_idx" : 20', '"qsl_idx" : 21'));
    expect(names(checkTree(tree.tree.dir, strict))).toContain('accuracy-hash-wrong');
    await rm(join(tree.tree.dir, whole));
    const found = checkTree(tree.tree.dir, strict);
    expect(found.findings.map((one) => one.check)).toContain('accuracy-hash-unchecked');
  });

  it('finds a cut log that is not the ends of the whole one', async () => {
    await using tree = await exportedTree('single-stream', { outputSize: 64 });
    await edit(tree, accuracy(tree, 'mlperf_log_accuracy.json'), (text) =>
      text.replace('"seq_id" : 0', '"seq_id" : 9'),
    );
    expect(names(checkTree(tree.tree.dir, strict))).toContain('accuracy-log-cut');
  });

  it('wants of a closed tree its scenarios, audits and accuracy', async () => {
    await using tree = await exportedTree('single-stream');
    const { dir } = tree.tree;
    await edit(tree, system, (text) => text.replace('"division": "open"', '"division": "closed"'));
    await rename(join(dir, 'open'), join(dir, 'closed'));
    const results = join(dir, 'closed/Lab/results/Demo_board_A');
    await rename(join(results, 'keyword-spotting'), join(results, 'resnet'));
    expect(names(checkTree(dir, strict))).toEqual(
      expect.arrayContaining(['scenario-missing', 'audit-missing']),
    );
  });

  it('names the missing division of an empty folder, and refuses one that is not there', async () => {
    await using tree = await exportedTree('single-stream');
    await rm(join(tree.tree.dir, 'open'), { recursive: true });
    expect(names(checkTree(tree.tree.dir, strict))).toEqual(['division-missing']);
    expect(() => checkTree(join(tree.tree.dir, 'none'), strict)).toThrow(
      expect.objectContaining({ code: 'export/tree-unreadable' }),
    );
  });

  it('tells file and line', async () => {
    await using tree = await exportedTree('single-stream');
    await edit(tree, detail(tree), appended(errorLine));
    const lineCount = (await readFile(join(tree.tree.dir, detail(tree)), 'utf8')).split('\n').length;
    const found = checkTree(tree.tree.dir, strict).findings.find(
      ({ check }) => check === 'log-error-line',
    );
    expect(found).toMatchObject({ severity: 'error', file: detail(tree), line: lineCount - 1 });
  });
});
