import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const launcher = fileURLToPath(new URL('assay.mjs', import.meta.url));

/** Stands for the real command line: tells its arguments, exits as asked, or waits for a signal. */
const mainSource = `
import process from 'node:process';
const tell = () => console.log(JSON.stringify({ args: process.argv.slice(2), flags: process.execArgv }));
if (process.argv[2] === 'wait') {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => { console.log(name); process.exit(7); });
  setInterval(() => {}, 1000);
} else process.exitCode = Number(process.argv[2]);
tell();
`;

const bootstrapSource = `
import { mkdirSync } from 'node:fs';
import process from 'node:process';
console.log('set-up ' + process.argv[2]);
if (process.env.SETUP_FAILS) process.exit(1);
mkdirSync(new URL('../../node_modules/commander', import.meta.url), { recursive: true });
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-bin-'));
  await mkdir(join(folder, 'harness', 'tooling'), { recursive: true });
  await cp(launcher, join(folder, 'harness', 'cli', 'assay.mjs'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'harness', 'cli', 'main.ts'), mainSource);
  await writeFile(join(folder, 'harness', 'tooling', 'bootstrap.mjs'), bootstrapSource);
});

afterEach(() => rm(folder, { recursive: true }));

interface Launched {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly written: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

function launch(args: readonly string[], env: Record<string, string> = {}): Launched {
  const child = spawn(process.execPath, [join(folder, 'harness', 'cli', 'assay.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: 20_000,
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    written.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += String(chunk);
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  return { kill: (signal) => child.kill(signal), written, ended };
}

it('sets the package up once, then hands over arguments and exit code', async () => {
  const first = launch(['3', '--json', 'a b']);
  expect(await first.ended).toBe(3);
  expect(first.written.stderr).toBe('set-up setup\n');
  expect(JSON.parse(first.written.stdout)).toStrictEqual({
    args: ['3', '--json', 'a b'],
    flags: ['--disable-warning=ExperimentalWarning'],
  });
  const second = launch(['0']);
  expect(await second.ended).toBe(0);
  expect(second.written.stderr).toBe('');
});

it('exits 3 when the set-up fails', async () => {
  const failing = launch(['0'], { SETUP_FAILS: 'yes' });
  expect([await failing.ended, failing.written.stdout]).toStrictEqual([3, '']);
});

it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on, and the exit code back', async (signal) => {
  const waiting = launch(['wait']);
  await vi.waitFor(() => expect(waiting.written.stdout).toContain('wait'), { timeout: 20_000 });
  waiting.kill(signal);
  expect(await waiting.ended).toBe(7);
  expect(waiting.written.stdout).toContain(`${signal}\n`);
});
