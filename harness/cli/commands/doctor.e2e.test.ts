import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { startBoardProcess } from '#drivers/duts/tiny-serial/board-process.ts';
import { openSerialTransport } from '#drivers/transports/serial/serial-transport.ts';
import { writeFastLab } from '#harness/app/testing/fast-lab.ts';

import { startCli } from '../testing/cli-process.ts';

const ReportSchema = Type.Object({
  ok: Type.Boolean(),
  checks: Type.Array(
    Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() }),
  ),
});

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-doctor-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function doctor(...options: readonly string[]): ReturnType<typeof startCli>['ended'] {
  const config = join(dir, 'lab.config.ts');
  return startCli(['doctor', '--config', config, '--board', 'mcu-1', ...options]).ended;
}

/** The check of one thing, with all that stands beside it. */
async function checkOf(name: string): Promise<object | undefined> {
  const { stdout, stderr } = await doctor('--json');
  const report: unknown = JSON.parse(stdout === '' ? `{"said":${JSON.stringify(stderr)}}` : stdout);
  if (!Value.Check(ReportSchema, report)) throw new Error(`no report: ${stdout}${stderr}`);
  return report.checks.find((check) => check.name === name);
}

/** Holds the lock of the lab as its daemon does. */
async function startDaemonHolder(): Promise<ChildProcess> {
  const stateDir = join(dir, 'state');
  mkdirSync(stateDir, { recursive: true });
  const lock = import.meta.resolve('#harness/store/sqlite/daemon-lock.ts');
  const program = `
    const { acquireDaemonLock } = await import(${JSON.stringify(lock)});
    globalThis.lock = acquireDaemonLock({ stateDir: ${JSON.stringify(stateDir)}, pid: process.pid });
    process.stdout.write('locked\\n');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

test('a board of another speed: the speed at which it answers, and the remedy', async () => {
  await using board = await startBoardProcess(['--baud=115200', '--no-pace']);
  symlinkSync(board.path, join(dir, 'mcu-1'));
  writeFastLab({ dir, withSimulators: false, withMeter: false });
  const { stdout, exitCode } = await doctor();
  expect(exitCode).toBe(3);
  expect(stdout).toContain('board mcu-1 at ./mcu-1, 921600 baud');
  expect(stdout).toContain('  sent      name%');
  expect(stdout).toContain('  expected  m-name-dut-[…] m-ready');
  // It hears no `%` at the wrong speed, so it says nothing.
  expect(stdout).toContain('  received  nothing');
  expect(stdout).toContain('  speeds    tried 115200: it answers at 115200');
  expect(stdout).toContain('  remedy    The board speaks at another speed');
});

test('a port that echoes: the bytes that came, as text and as JSON; no speed is tried', async () => {
  await using board = await startBoardProcess(['--baud=921600', '--no-pace', '--fault', 'echo']);
  symlinkSync(board.path, join(dir, 'mcu-1'));
  writeFastLab({ dir, withSimulators: false, withMeter: false });
  const check = await checkOf('board mcu-1');
  expect(check).toMatchObject({
    ok: false,
    error: { code: 'dut/echo' },
    diagnosis: { boardId: 'mcu-1', baudRate: 921_600, sent: 'name%' },
  });
  expect(JSON.stringify(check)).toMatch(/"receivedText":"[^"]*name%/u);
  expect(JSON.stringify(check)).not.toContain('triedBaudRates');
  const { stdout } = await doctor();
  expect(stdout).toMatch(/ {2}received {2}\d+ bytes\n {4}0000 {2}[0-9a-f]{2} /u);
});

test('a board in use while the daemon runs: doctor names the daemon', async () => {
  await using board = await startBoardProcess(['--baud=921600', '--no-pace']);
  symlinkSync(board.path, join(dir, 'mcu-1'));
  writeFastLab({ dir, withSimulators: false, withMeter: false });
  const daemon = await startDaemonHolder();
  try {
    const options = { path: board.path, baudRate: 921_600 };
    await using port = await openSerialTransport(options, AbortSignal.timeout(5_000));
    const { stdout } = await doctor();
    expect(stdout).toContain(`the daemon of this lab (process ${daemon.pid}) runs and holds mcu-1`);
    void port;
  } finally {
    daemon.kill('SIGKILL');
  }
});

test('a simulated board without the daemon is not tried, and that is no failure', async () => {
  writeFastLab({ dir });
  expect(await checkOf('board mcu-1')).toMatchObject({ ok: true, notTried: true });
  const { stdout, exitCode } = await doctor();
  expect(stdout).toMatch(/not tried {2}board mcu-1 .*simulators run only with the daemon/u);
  expect(stdout).toMatch(/ok +daemon +none runs/u);
  expect(exitCode).toBe(0);
});

test('a real board that is not plugged in is a failure, daemon or not', async () => {
  writeFastLab({ dir, withSimulators: false, withMeter: false });
  expect(await checkOf('board mcu-1')).toMatchObject({
    ok: false,
    error: { code: 'serial/path-absent' },
  });
});
