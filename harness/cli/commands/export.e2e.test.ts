import { appendFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';

import { exportedTree } from '#reports/export/testing/exported-tree.ts';
import { sampleBundle } from '#reports/testing/sample-bundle.ts';
import { temporaryFolder } from '#reports/testing/temporary-folder.ts';

import { startCli, type CliOutcome } from '../testing/cli-process.ts';

const assay = (...args: readonly string[]): Promise<CliOutcome> => startCli(args).ended;
const exporting = ['export', '--layout', 'inference-v6'] as const;

const CheckSchema = Type.Object({
  ok: Type.Boolean(),
  errorCount: Type.Integer(),
  noteCount: Type.Integer(),
  findings: Type.Array(
    Type.Object({
      severity: Type.Union([Type.Literal('error'), Type.Literal('note')]),
      file: Type.String(),
      line: Type.Optional(Type.Integer()),
      check: Type.String(),
      message: Type.String(),
    }),
  ),
});

describe('assay export', () => {
  it('writes a bundle as a tree, offline, and names what is missing', async () => {
    await using folder = await temporaryFolder();
    const { dir } = await sampleBundle(folder.path);
    const to = join(folder.path, 'tree');
    const written = await assay('export', '--layout', 'inference-v6', dir, '--to', to);
    expect(written.stderr).toBe('');
    expect(written.exitCode).toBe(0);
    expect(written.stdout).toContain('not an MLPerf® result');
    expect(written.stdout).toMatch(/missing in .*Demo_board_A\.json: .*cooling/);
    expect(await readdir(to)).toEqual(['README.md', 'open']);
  });

  it('finds a run by its id below --state-dir and takes names and system fields', async () => {
    await using folder = await temporaryFolder();
    const { dir } = await sampleBundle(folder.path, { withReport: false });
    const runs = join(folder.path, 'state', 'runs');
    await mkdir(runs, { recursive: true });
    await cp(dir, join(runs, 'run-1'), { recursive: true });
    const system = join(folder.path, 'system.json');
    await writeFile(system, '{"status":"rdi","system_type":"edge","cooling":"air"}');
    const { exitCode, stdout } = await assay(
      ...exporting,
      'run-1',
      `--to=${join(folder.path, 'tree')}`,
      `--state-dir=${join(folder.path, 'state')}`,
      '--submitter=Lab',
      '--system=board',
      `--system-json=${system}`,
      '--benchmark=resnet',
      '--json',
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      places: [
        'open/Lab/results/board/keyword-spotting/SingleStream/performance',
        'open/Lab/results/board/keyword-spotting/SingleStream/accuracy',
      ],
    });
    const described: unknown = JSON.parse(
      await readFile(join(folder.path, 'tree/open/Lab/systems/board.json'), 'utf8'),
    );
    expect(described).toMatchObject({ cooling: 'air', system_name: 'board', submitter: 'Lab' });
  });

  it('refuses a bundle whose raw file was changed', async () => {
    await using folder = await temporaryFolder();
    const { dir } = await sampleBundle(folder.path, { withReport: false });
    await appendFile(join(dir, 'raw', 'accuracy.jsonl'), '\n');
    const to = join(folder.path, 'tree');
    const { exitCode, stderr } = await assay('export', '--layout', 'inference-v6', dir, '--to', to);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('export/not-verified');
    expect(stderr).toContain('raw/accuracy.jsonl was changed after the run');
    expect(await readdir(folder.path)).not.toContain('tree');
  });

  it('says what is wrong with the command line, and with a run that is not there', async () => {
    await using folder = await temporaryFolder();
    expect((await assay('export', '--layout', 'inference-v6', '--to', 'x')).stderr).toContain(
      'name at least one run',
    );
    expect((await assay('export', 'run-1', '--to', 'x')).stderr).toContain('--layout inference-v6');
    const { exitCode, stderr } = await assay(
      ...exporting,
      'run-2',
      `--to=${join(folder.path, 'tree')}`,
      `--state-dir=${folder.path}`,
    );
    expect(stderr).toContain('job/not-found');
    expect(exitCode).toBe(2);
  });
});

describe('assay export --check', () => {
  it('exits 0 for a tree in order and tells the notes', async () => {
    await using tree = await exportedTree('single-stream');
    const { exitCode, stdout } = await assay('export', '--check', tree.tree.dir);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('seeds-not-official');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^IN ORDER: 0 errors, \d+ notes$/);
  });

  it('exits 1 for one that is not, with file and check of every finding as JSON', async () => {
    await using tree = await exportedTree('single-stream');
    await writeFile(join(tree.tree.dir, tree.scenario, 'accuracy/accuracy.txt'), '');
    const { exitCode, stdout } = await assay('export', '--check', tree.tree.dir, '--json');
    expect(exitCode).toBe(1);
    const found = Value.Parse(CheckSchema, JSON.parse(stdout));
    expect(found.findings).toContainEqual({
      severity: 'error',
      file: `${tree.scenario}/accuracy/accuracy.txt`,
      check: 'accuracy-text-empty',
      message: 'It is empty: neither a value nor a hash.',
    });
  });
});

describe('assay trace', () => {
  it('writes a run as a trace, and all 600 queries of it', async () => {
    await using folder = await temporaryFolder();
    const { dir } = await sampleBundle(folder.path, { withReport: false });
    const out = join(folder.path, 'run.trace.json');
    const { exitCode, stdout, stderr } = await assay('trace', dir, '--out', out);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${out}: all 600 rows of the query log\n`);
    const trace = Value.Parse(
      Type.Object({ traceEvents: Type.Array(Type.Object({ ph: Type.String() })) }),
      JSON.parse(await readFile(out, 'utf8')),
    );
    expect(trace.traceEvents.filter(({ ph }) => ph === 'b')).toHaveLength(600);
  });

  it('takes no more queries than --max-queries', async () => {
    await using folder = await temporaryFolder();
    const { dir } = await sampleBundle(folder.path, { withReport: false });
    const out = join(folder.path, 'run.trace.json');
    const { stdout } = await assay('trace', dir, '--out', out, '--max-queries', '100', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ queryCount: 600, tracedQueryCount: 100, path: out });
    expect((await assay('trace', dir, '--max-queries', '0')).exitCode).toBe(2);
  });
});
