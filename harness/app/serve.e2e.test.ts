import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import type { LabConfig } from '#harness/contracts/define-lab.ts';
import {
  BoardSummarySchema,
  JobSchema,
  RunSummarySchema,
  type RunSummary,
} from '#harness/contracts/records/job-record.ts';

import { startSimulators } from './lab/simulators.ts';
import { fastSimulators, projectDir, writeFastLab } from './testing/fast-lab.ts';

const main = join(projectDir, 'harness/cli/main.ts');
const nodeFlags = ['--disable-warning=ExperimentalWarning'];
const openProcesses = new Set<ChildProcess>();
let dir = '';
let configPath = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
  configPath = writeFastLab({ dir, withSimulators: false });
});

afterEach(() => {
  for (const child of openProcesses) child.kill('SIGKILL');
  openProcesses.clear();
  rmSync(dir, { recursive: true, force: true });
});

interface Daemon {
  readonly url: string;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
}

function spawnAssay(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [...nodeFlags, main, ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  openProcesses.add(child);
  child.once('exit', () => openProcesses.delete(child));
  return child;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    child.once('close', resolve);
  });
}

/** The daemon as its own process; resolves when it says where it serves. */
async function startDaemon(): Promise<Daemon> {
  const child = spawnAssay(['serve', '--config', configPath, '--port', '0']);
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}: ${words}`)));
    if (child.stdout === null) throw new Error('stdout is a pipe');
    createInterface({ input: child.stdout }).on('line', (line) => {
      words += `${line}\n`;
      const found = /http:\/\/\S+/.exec(line);
      if (found !== null) resolve(found[0]);
    });
  });
  return {
    url,
    kill: async (signal) => {
      const exited = exitOf(child);
      child.kill(signal);
      await exited;
    },
  };
}

/** Runs one command to its end. */
async function assay(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawnAssay(args);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return { code: await exitOf(child), out, err };
}

async function get<Schema extends TSchema>(url: string, schema: Schema): Promise<Static<Schema>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  return Value.Parse(schema, await response.json());
}

async function submit(url: string, boardId: string): Promise<Static<typeof JobSchema>> {
  const response = await fetch(`${url}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ suiteId: 'keyword-spotting', boardId }),
    signal: AbortSignal.timeout(5000),
  });
  return Value.Parse(JobSchema, await response.json());
}

/** Asks again until it holds; a lab that never gets there fails by the test's time limit. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

const RunsAnswer = Type.Object({ runs: Type.Array(RunSummarySchema) });
const BoardsAnswer = Type.Object({ boards: Type.Array(BoardSummarySchema) });

const runsOf = async (url: string): Promise<RunSummary[]> =>
  (await get(`${url}/api/runs`, RunsAnswer)).runs;

async function simulatorsOf(config: LabConfig): Promise<AsyncDisposable> {
  const lab = await loadLabConfig(configPath);
  const simulators = fastSimulators({ dir });
  return startSimulators(
    { ...lab, config: { ...config, simulators } },
    AbortSignal.timeout(20_000),
  );
}

describe('the daemon', { timeout: 90_000 }, () => {
  it('is killed in mid-run, makes the board safe on its next start, and runs the job again', async () => {
    const { config } = await loadLabConfig(configPath);
    await using simulators = await simulatorsOf(config);
    void simulators;
    const first = await startDaemon();
    const { jobId } = await submit(first.url, 'mcu-1');
    const interrupted = await until(async () =>
      (await runsOf(first.url)).find(({ phase }) => phase === 'measuring'),
    );
    await first.kill('SIGKILL');

    const second = await startDaemon();
    const job = await until(async () => {
      const answer = await get(`${second.url}/api/jobs/${jobId}`, JobSchema);
      return answer.state === 'done' ? answer : undefined;
    });
    expect(job).toMatchObject({ attemptCount: 2, verdict: 'pass' });
    const runs = await runsOf(second.url);
    const killed = runs.find(({ runId }) => runId === interrupted.runId);
    expect(killed).toMatchObject({
      outcome: 'interrupted',
      results: null,
      reportPath: null,
      error: { code: 'run/interrupted' },
    });
    const { boards } = await get(`${second.url}/api/boards`, BoardsAnswer);
    expect(boards.find(({ boardId }) => boardId === 'mcu-1')).toMatchObject({ state: 'free' });
    await second.kill('SIGTERM');
  });

  it('refuses a second daemon on the same lab, and names the first', async () => {
    const first = await startDaemon();
    const second = await assay('serve', '--config', configPath, '--port', '0');
    expect(second.code).toBe(3);
    expect(second.err).toContain('store/busy');
    await first.kill('SIGTERM');
  });

  it('serves the command line: run, lists, report, verify, and the exit codes of each', async () => {
    const daemon = await startDaemon();
    const run = await assay(
      'run',
      'keyword-spotting',
      '--dut',
      'host-1',
      '--wait',
      '--url',
      daemon.url,
    );
    expect(run).toMatchObject({ code: 0 });
    const [summary] = await runsOf(daemon.url);
    expect(summary).toMatchObject({ verdict: 'pass', boardId: 'host-1' });
    const bundlePath = summary?.bundlePath ?? '';
    const out = join(dir, 'report.pdf');
    const report = await assay('report', summary?.runId ?? '', '--out', out, '--url', daemon.url);
    expect(report.code).toBe(0);
    expect((await assay('verify', out)).code).toBe(0);
    expect((await assay('verify', bundlePath, '--json')).code).toBe(0);
    const queries = join(bundlePath, 'raw', 'queries.bin');
    const bytes = readFileSync(queries);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(queries, bytes);
    const broken = await assay('verify', bundlePath);
    expect(broken.code).toBe(1);
    expect(broken.out + broken.err).toContain('raw/queries.bin');
    expect((await assay('run', 'no-such-suite', '--dut', 'host-1', '--url', daemon.url)).code).toBe(
      2,
    );
    expect((await assay('boards', '--json', '--url', daemon.url)).out).toContain('"mcu-1"');
    await daemon.kill('SIGTERM');
    expect((await assay('runs', '--url', daemon.url)).code).toBe(3);
  });

  it('says what is wrong in a configuration, all of it, with exit code 2', async () => {
    const path = join(dir, 'broken.config.mjs');
    writeFileSync(path, 'export default { lab: { id: "X" }, boards: [] };');
    const { code, err } = await assay('serve', '--config', path);
    expect(code).toBe(2);
    expect(err).toContain('config/invalid');
    for (const place of ['lab.id', 'lab.name', 'stations', 'boards', 'suites']) {
      expect(err).toContain(place);
    }
  });

  it('leaves no run folder without a sealed record when it is stopped in mid-run', async () => {
    const { config } = await loadLabConfig(configPath);
    await using simulators = await simulatorsOf(config);
    void simulators;
    const daemon = await startDaemon();
    await submit(daemon.url, 'mcu-1');
    await until(async () => (await runsOf(daemon.url)).find(({ phase }) => phase === 'measuring'));
    await daemon.kill('SIGTERM');
    const runsDir = join(dir, 'state', 'runs');
    for (const run of readdirSync(runsDir)) {
      expect(readdirSync(join(runsDir, run))).toContain('record.dsse.json');
    }
  });
});
