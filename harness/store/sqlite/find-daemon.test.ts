import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findDaemon } from './find-daemon.ts';

let stateDir = '';
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'assay-find-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

async function startHolder(): Promise<ChildProcess> {
  const program = `
    const { acquireDaemonLock } = await import(${JSON.stringify(import.meta.resolve('./daemon-lock.ts'))});
    globalThis.lock = acquireDaemonLock({ stateDir: ${JSON.stringify(stateDir)}, pid: process.pid });
    process.stdout.write('locked\\n');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

test('a lab that never ran has no daemon, and looking makes no file', () => {
  expect(findDaemon(stateDir)).toBeUndefined();
  expect(findDaemon(join(stateDir, 'absent'))).toBeUndefined();
});

test('the daemon is found by its lock and named by its pid; killed, it is gone, whatever it wrote down', async () => {
  const child = await startHolder();
  expect(findDaemon(stateDir)).toEqual({ pid: child.pid });
  // Looking does not take the lock from it.
  expect(findDaemon(stateDir)).toEqual({ pid: child.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(findDaemon(stateDir)).toBeUndefined();
});
