import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { createApi } from '#harness/api/create-api.ts';
import { exampleResults, exampleRun } from '#harness/api/testing/example-records.ts';
import { createMemoryLab, type MemoryLab } from '#harness/api/testing/memory-lab.ts';
import type { RunSummary } from '#harness/contracts/records/job-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { startCli, type CliOutcome, type CliProcess } from './testing/cli-process.ts';

let lab: MemoryLab;
let folder: string;
let env: Record<string, string>;
let close: () => Promise<unknown>;

const listen = async (port: number): Promise<string> => {
  const api = await createApi({ service: lab.service, clock: systemClock() });
  close = () => api.close();
  return api.listen({ host: '127.0.0.1', port });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-cli-'));
  await writeFile(join(folder, 'report.pdf'), '%PDF-1.7 content');
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  lab = createMemoryLab();
  env = { ASSAY_URL: await listen(0) };
});

afterEach(() => close());

const assay = (...args: readonly string[]): Promise<CliOutcome> =>
  startCli(args, { env, cwd: folder }).ended;

const passed = (run: RunSummary): RunSummary => ({
  ...run,
  phase: 'ended',
  outcome: 'completed',
  verdict: 'pass',
  endedAtMs: 1.8e12 + 1,
  results: exampleResults,
  bundlePath: folder,
  reportPath: join(folder, 'report.pdf'),
});

/** Waits until the command has put its job into the queue. */
async function untilQueued(): Promise<string> {
  return vi.waitFor(
    () => {
      const job = assertDefined(lab.service.jobs(1)[0], 'a job');
      expect(job.state).toBe('queued');
      return job.jobId;
    },
    { timeout: 20_000 },
  );
}

const untilWritten = (cli: CliProcess, text: string): Promise<void> =>
  vi.waitFor(() => expect(cli.written()).toContain(text), { timeout: 20_000 });

const runArgs = ['run', 'keyword-spotting', '--dut', 'tiny-1'] as const;

describe('lists', () => {
  it('shows boards, suites, queue and runs as tables', async () => {
    lab.service.submit({ suiteId: 'keyword-spotting', boardId: 'tiny-1' }, 'test');
    lab.putRun(passed(exampleRun({})));
    const [boards, suites, queue, runs] = await Promise.all([
      assay('boards'),
      assay('suites'),
      assay('queue'),
      assay('runs', '--board', 'tiny-1'),
    ]);
    expect(boards.stdout).toMatch(/^tiny-1 +Tiny board 1 .* free +good/m);
    expect(suites.stdout).toContain('Image classification, 10 shapes');
    expect(queue.stdout).toMatch(
      /^1 +job-demo-0001 .* board-busy: Board tiny-1 runs another job\.$/m,
    );
    expect(runs.stdout).toMatch(/ 91\.3 +15\.6\/16\.5\/18\.3 +63\.8 +121 +pass$/m);
    for (const { exitCode, stderr } of [boards, suites, queue, runs]) {
      expect([exitCode, stderr]).toStrictEqual([0, '']);
    }
  });

  it('gives each list as JSON', async () => {
    lab.putRun(passed(exampleRun({})));
    const json = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await assay(...args, '--json')).stdout);
    expect(await json('boards')).toMatchObject([{ boardId: 'tiny-1' }, { boardId: 'this-host' }]);
    expect(await json('suites')).toHaveLength(2);
    expect(await json('queue')).toStrictEqual([]);
    expect(await json('runs')).toMatchObject([{ verdict: 'pass', results: exampleResults }]);
    expect(await json('errors')).toMatchObject({ 'dut/timeout': { class: 'dut' } });
  });
});

describe('run', () => {
  it('queues and leaves', async () => {
    const { exitCode, stdout } = await assay(...runArgs, '--mode', 'accuracy', '--seed', '11');
    expect([exitCode, stdout]).toStrictEqual([
      0,
      'job job-demo-0001 is queued; `assay queue` says what it waits for\n',
    ]);
    expect(lab.service.job('job-demo-0001')).toMatchObject({ mode: 'accuracy', seed: 11 });
  });

  it('waits with progress lines, then shows the result and exits 0 on pass', async () => {
    const cli = startCli([...runArgs, '--wait'], { env });
    const jobId = await untilQueued();
    const run = lab.startJob(jobId);
    await untilWritten(cli, 'tiny-1: measuring');
    lab.emit({
      type: 'run-event',
      runId: run.runId,
      boardId: run.boardId,
      event: { type: 'progress', step: 'accuracy', doneCount: 40, totalCount: 80, note: '' },
    });
    await untilWritten(cli, 'accuracy 40/80 (50 %)');
    lab.endRun(passed(run));
    const { exitCode, stdout, stderr } = await cli.ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('tiny-1: accuracy 40/80 (50 %)\n');
    expect(stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/keyword-spotting +tiny-1 +single-stream +91\.3 .* pass$/m);
    expect(stdout).toContain(`report: ${join(folder, 'report.pdf')}`);
  });

  it.each([
    ['fail', null, 1],
    ['inconclusive', null, 1],
    ['error', 'infra', 3],
    ['error', 'dut', 1],
  ] as const)(
    'with --json, a run that ends %s (%s) exits %i',
    async (verdict, errorClass, code) => {
      const cli = startCli([...runArgs, '--wait', '--json'], { env });
      const run = lab.startJob(await untilQueued());
      const error =
        errorClass === null
          ? null
          : {
              code: 'dut/timeout',
              class: errorClass,
              retry: 'automatic' as const,
              message: 'm',
              remedy: 'r',
              details: {},
            };
      lab.endRun({ ...passed(run), verdict, error });
      const { exitCode, stdout } = await cli.ended;
      expect(exitCode).toBe(code);
      expect(JSON.parse(stdout)).toMatchObject({ job: { state: 'done' }, runs: [{ verdict }] });
    },
  );

  it('waits for a daemon that restarts, and still tells the result', async () => {
    const cli = startCli([...runArgs, '--wait'], { env });
    const run = lab.startJob(await untilQueued());
    await untilWritten(cli, 'measuring');
    await close();
    await untilWritten(cli, 'lost the daemon');
    lab.endRun(passed(run));
    await listen(Number(new URL(assertDefined(env['ASSAY_URL'], 'url')).port));
    expect((await cli.ended).exitCode).toBe(0);
  });

  it('leaves on Ctrl-C: the job goes on, and the words say how to find it', async () => {
    const cli = startCli([...runArgs, '--wait'], { env });
    lab.startJob(await untilQueued());
    await untilWritten(cli, 'measuring');
    cli.child.kill('SIGINT');
    const { exitCode, stderr } = await cli.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('left; job job-demo-0001 goes on');
    expect(lab.service.job('job-demo-0001')?.state).toBe('active');
  });

  it('exits 1 when the job is cancelled before it ran', async () => {
    const cli = startCli([...runArgs, '--wait'], { env });
    const jobId = await untilQueued();
    const cancelled = await assay('cancel', jobId);
    expect(cancelled.stdout).toBe('job job-demo-0001 is cancelled\n');
    const { exitCode, stdout } = await cli.ended;
    expect([exitCode, stdout]).toStrictEqual([1, 'job job-demo-0001 ended without a run\n']);
  });
});

describe('report', () => {
  it('writes the whole PDF, and leaves nothing half-written behind', async () => {
    lab.putRun(passed(exampleRun({})));
    const path = join(folder, 'out.pdf');
    const { exitCode, stdout } = await assay('report', 'run-demo-0001', '--out', path);
    expect([exitCode, stdout]).toStrictEqual([0, `${path}\n`]);
    expect(await readFile(path, 'utf8')).toBe('%PDF-1.7 content');
    const nowhere = await assay('report', 'run-demo-0001', '--out', join(folder, 'no', 'x.pdf'));
    expect(nowhere.exitCode).toBe(3);
    expect(nowhere.stderr).toContain('cli/file-not-written');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toStrictEqual([]);
    const piped = await assay('report', 'run-demo-0001', '--out', '-');
    expect(piped.stdout).toBe('%PDF-1.7 content');
  });
});

describe('errors', () => {
  it.each([
    ['an unknown command', ['fly'], '2 cli/usage'],
    ['an unknown option', ['boards', '--fast'], '2 cli/usage'],
    ['a missing board', ['run', 'keyword-spotting'], '2 cli/usage'],
    ['a scenario that is none', [...runArgs, '--scenario', 'burst'], '2 cli/usage'],
    ['a seed that is none', [...runArgs, '--seed', '-1'], '2 cli/usage'],
    ['an address that is none', ['boards', '--url', 'nowhere'], '2 cli/usage'],
    ['an unknown suite', ['run', 'none', '--dut', 'tiny-1'], '2 suite/unknown'],
    ['an unknown board', ['run', 'keyword-spotting', '--dut', 'x'], '2 board/unknown'],
    ['an unknown job', ['cancel', 'job-none'], '2 job/not-found'],
    ['an unknown run', ['report', 'run-none'], '2 job/not-found'],
    ['no daemon', ['boards', '--url', 'http://127.0.0.1:1'], '3 daemon/unreachable'],
  ] as const)('names the code of %s and what to do', async (_name, args, refused) => {
    const { exitCode, stdout, stderr } = await assay(...args);
    const [sentence = '', remedy = ''] = stderr.split('\n');
    const [code] = sentence.split(': ');
    expect([`${exitCode} ${code}`, stdout]).toStrictEqual([refused, '']);
    expect(remedy).toMatch(/^ {2}\S.+/);
  });

  it('shows its commands when none is named, and exits 2', async () => {
    const { exitCode, stdout, stderr } = await assay();
    expect([exitCode, stdout]).toStrictEqual([2, '']);
    expect(stderr).toContain('Usage: assay [options] [command]');
    expect(stderr).toContain('cli/usage: name a command');
  });

  it('knows an answer that is not of Assay', async () => {
    const other = createServer((_request, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    try {
      const address = other.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const { exitCode, stderr } = await assay('boards', '--url', `http://127.0.0.1:${port}`);
      expect(exitCode).toBe(3);
      expect(stderr).toContain('daemon/foreign-answer');
    } finally {
      other.close();
    }
  });

  it('explains itself with exit 0 on --help and --version', async () => {
    const help = await assay('--help');
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain('Exit codes:');
    expect((await assay('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('sim', () => {
  it('starts a simulator with its own arguments, and ends it on a signal', async () => {
    const link = join(folder, 'analyzer');
    const cli = startCli(['sim', 'analyzer', '--link', link, '--seed', '3']);
    await untilWritten(cli, 'ready');
    expect(await readdir(folder)).toContain('analyzer');
    cli.child.kill('SIGTERM');
    expect((await cli.ended).exitCode).toBe(0);
    expect(await readdir(folder)).not.toContain('analyzer');
  });

  it('gives --help and the exit code of the simulator', async () => {
    const help = await assay('sim', 'board', '--help');
    expect(help.stdout).toContain('--link PATH');
    expect((await assay('sim', 'board', '--none')).exitCode).toBe(2);
  });
});

describe('verify', () => {
  it('exits 2 where there is no evidence, without a daemon', async () => {
    const { exitCode, stderr } = await assay('verify', join(folder, 'none'));
    expect([exitCode, stderr.split(': ')[0]]).toStrictEqual([2, 'evidence/unreadable']);
  });
});
