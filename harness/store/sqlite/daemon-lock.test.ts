import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { acquireDaemonLock } from './daemon-lock.ts';

let stateDir = '';
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'assay-lock-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

function expectBusy(work: () => unknown): void {
  expect(work).toThrow(expect.objectContaining({ code: 'store/busy' }));
}

test('the lock is had once, also within one process, and again after it was given back', () => {
  const first = acquireDaemonLock({ stateDir, pid: 1 });
  expectBusy(() => acquireDaemonLock({ stateDir, pid: 2 }));
  first[Symbol.dispose]();
  const again = acquireDaemonLock({ stateDir, pid: 3 });
  expect(readFileSync(join(stateDir, 'daemon.pid'), 'utf8')).toBe('3\n');
  again[Symbol.dispose]();
});

test('another process holds it: the error names its pid; after SIGKILL the lock is free', async () => {
  const program = `
    const { acquireDaemonLock } = await import(${JSON.stringify(import.meta.resolve('./daemon-lock.ts'))});
    globalThis.lock = acquireDaemonLock({ stateDir: ${JSON.stringify(stateDir)}, pid: process.pid });
    process.stdout.write('locked\\n');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  expectBusy(() => acquireDaemonLock({ stateDir, pid: 2 }));
  expect(() => acquireDaemonLock({ stateDir, pid: 2 })).toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  acquireDaemonLock({ stateDir, pid: 3 })[Symbol.dispose]();
});
