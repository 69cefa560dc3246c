import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { exportTree, type ExportRequest } from './export-tree.ts';
import { addedSystem, layoutRun } from './testing/layout-run.ts';

const request = (dir: string, change: Partial<ExportRequest> = {}): ExportRequest => ({
  runs: [layoutRun('single-stream').run],
  dir,
  names: { submitter: 'Lab', benchmark: '3d-unet-99' },
  addedSystem,
  ...change,
});

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => error,
  );
}

describe('exporting', () => {
  it('refuses a folder that is not empty and leaves it as it was', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'tree');
    await mkdir(dir);
    await writeFile(join(dir, 'mine'), 'x');
    const failure = await codeOf(exportTree(request(dir)));
    expect(failure).toMatchObject({ code: 'export/target-not-empty' });
    expect(await readdir(folder.path)).toEqual(['tree']);
    expect(await readdir(dir)).toEqual(['mine']);
  });

  it('takes an empty folder', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'tree');
    await mkdir(dir);
    await exportTree(request(dir));
    expect(await readdir(dir)).toEqual(['README.md', 'open']);
    expect(await readdir(folder.path)).toEqual(['tree']);
  });

  it('merges runs of several scenarios into one tree', async () => {
    await using folder = await temporaryFolder();
    const runs = [layoutRun('single-stream').run, layoutRun('server').run];
    const tree = await exportTree(request(join(folder.path, 'tree'), { runs }));
    expect(tree.places).toHaveLength(4);
    expect(await readdir(join(tree.dir, 'open/Lab/results/Demo_board_A/keyword-spotting'))).toEqual(
      expect.arrayContaining(['SingleStream', 'Server']),
    );
  });

  it('merges a performance run and an accuracy run into one scenario', async () => {
    await using folder = await temporaryFolder();
    const mode = (value: 'performance' | 'accuracy'): ExportRequest['runs'][number] =>
      layoutRun('single-stream', {
        change: (record) => ({
          ...record,
          runId: `run-${value}`,
          settings: { ...record.settings, mode: value },
        }),
      }).run;
    const runs = [mode('performance'), mode('accuracy')];
    const tree = await exportTree(request(join(folder.path, 'tree'), { runs }));
    expect(tree.places.map((place) => place.split('/').at(-1))).toEqual([
      'performance',
      'accuracy',
    ]);
    const readme = join(
      tree.dir,
      'open/Lab/results/Demo_board_A/keyword-spotting/SingleStream/README.md',
    );
    expect(await readFile(readme, 'utf8')).toMatch(
      /performance: run run-performance[\s\S]*run-accuracy/,
    );
  });

  it('refuses two runs for the same place and names both', async () => {
    await using folder = await temporaryFolder();
    const again = layoutRun('server', { change: (record) => ({ ...record, runId: 'run-again' }) });
    const runs = [layoutRun('server').run, again.run];
    const failure = await codeOf(exportTree(request(join(folder.path, 'tree'), { runs })));
    expect(failure).toMatchObject({
      code: 'export/conflict',
      details: { runIds: ['run-demo-server', 'run-again'] },
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('refuses two systems under one name', async () => {
    await using folder = await temporaryFolder();
    const other = layoutRun('server', {
      change: (record) => ({ ...record, board: { ...record.board, name: 'Other' } }),
    });
    const runs = [layoutRun('single-stream').run, other.run];
    const names = { submitter: 'Lab', system: 'one', benchmark: 'yolo-95' };
    const failure = await codeOf(exportTree(request(join(folder.path, 'tree'), { runs, names })));
    expect(failure).toMatchObject({ code: 'export/conflict' });
  });

  const unfit = [
    ['aborted', { verdict: 'aborted' }],
    ['find-peak', { settings: { scenario: 'find-peak' } }],
    ['compliance', { settings: { mode: 'compliance' } }],
  ] as const;
  it.each(unfit)('refuses a run that the layout has no place for: %s', async (_name, change) => {
    await using folder = await temporaryFolder();
    const { run } = layoutRun('server', {
      change: (record) => ({
        ...record,
        ...('verdict' in change ? { verdict: change.verdict } : {}),
        settings: { ...record.settings, ...('settings' in change ? change.settings : {}) },
      }),
    });
    const failure = await codeOf(exportTree(request(join(folder.path, 'tree'), { runs: [run] })));
    expect(failure).toMatchObject({ code: 'export/not-exportable' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('refuses added fields that contradict the record, and names that are no folder', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'tree');
    const contradiction = request(dir, { addedSystem: { operating_system: 'Other' } });
    expect(await codeOf(exportTree(contradiction))).toMatchObject({
      code: 'export/invalid-description',
    });
    const bad = request(dir, { names: { submitter: '../up' } });
    expect(await codeOf(exportTree(bad))).toMatchObject({ code: 'export/invalid-description' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('to a place that cannot be written says so', async () => {
    const failure = await codeOf(exportTree(request('/proc/self/tree')));
    expect(failure).toMatchObject({ code: 'evidence/write-failed' });
  });
});
