import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  accuracyFile,
  appended,
  detailFile,
  editTree,
  errorLine,
  systemFile,
  withValue,
} from '../testing/edit-tree.ts';
import { exportedTree } from '../testing/exported-tree.ts';
import { holesElsewhere } from '../testing/holes-elsewhere.ts';
import { holesInLogs } from '../testing/holes-in-logs.ts';
import { checkTree, type TreeCheck } from './check-tree.ts';

const strict = { skipsSetSizes: false };
const names = (check: TreeCheck): string[] => [
  ...new Set(check.findings.filter(({ severity }) => severity === 'error').map((f) => f.check)),
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

  it.each([...holesInLogs, ...holesElsewhere])(
    'catches $hole as $check',
    async ({ scenario = 'single-stream', plant, check }) => {
      await using tree = await exportedTree(scenario);
      await plant(tree);
      const found = checkTree(tree.tree.dir, strict);
      expect(names(found)).toContain(check);
      expect(found.ok).toBe(false);
    },
  );

  it('lets set sizes pass as notes when told to', async () => {
    await using tree = await exportedTree('single-stream');
    await editTree(tree, detailFile(tree), withValue('effective_performance_sample_count', '1'));
    const found = checkTree(tree.tree.dir, { skipsSetSizes: true });
    expect(names(found)).toEqual([]);
    expect(found.findings.map((one) => one.check)).toContain('performance-set-size');
  });

  it('works the hash of a cut accuracy log out from the whole one, and says when it cannot', async () => {
    await using tree = await exportedTree('single-stream', { outputSize: 64 });
    expect(names(checkTree(tree.tree.dir, strict))).toEqual([]);
    const whole = `open/Lab/src/whole-accuracy-logs/Demo_board_A/keyword-spotting/SingleStream/accuracy-log.json`;
    await editTree(tree, whole, (text) => text.replace('"qsl_idx" : 20', '"qsl_idx" : 21'));
    expect(names(checkTree(tree.tree.dir, strict))).toContain('accuracy-hash-wrong');
    await rm(join(tree.tree.dir, whole));
    const found = checkTree(tree.tree.dir, strict);
    expect(found.findings.map((one) => one.check)).toContain('accuracy-hash-unchecked');
  });

  it('finds a cut log that is not the ends of the whole one', async () => {
    await using tree = await exportedTree('single-stream', { outputSize: 64 });
    await editTree(tree, accuracyFile(tree, 'mlperf_log_accuracy.json'), (text) =>
      text.replace('"seq_id" : 0', '"seq_id" : 9'),
    );
    expect(names(checkTree(tree.tree.dir, strict))).toContain('accuracy-log-cut');
  });

  it('wants of a closed tree its scenarios, audits and accuracy', async () => {
    await using tree = await exportedTree('single-stream');
    const { dir } = tree.tree;
    await editTree(tree, systemFile, (text) =>
      text.replace('"division": "open"', '"division": "closed"'),
    );
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
    await editTree(tree, detailFile(tree), appended(errorLine));
    const lineCount = (await readFile(join(tree.tree.dir, detailFile(tree)), 'utf8')).split(
      '\n',
    ).length;
    const found = checkTree(tree.tree.dir, strict).findings.find(
      ({ check }) => check === 'log-error-line',
    );
    expect(found).toMatchObject({ severity: 'error', file: detailFile(tree), line: lineCount - 1 });
  });
});
