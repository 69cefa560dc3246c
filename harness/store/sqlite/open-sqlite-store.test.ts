import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';

import { describe, expect, test } from 'vitest';

import { LabError } from '#harness/kernel/lab-error.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { describeResultStore, type StoreUnderTest } from '../result-store.contract.ts';
import { boards, newJob } from '../testing/store-samples.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const clock = systemClock();

function storeInNewFolder(): StoreUnderTest & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'assay-store-'));
  const path = join(folder, 'state', 'lab.sqlite');
  const store = openSqliteStore({ path, clock });
  return {
    path,
    store,
    openAnother: () => openSqliteStore({ path, clock }),
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

describeResultStore('SQLite store', storeInNewFolder);

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof LabError ? error.code : String(error);
  }
}

describe('the SQLite file', () => {
  test('a program that knows only schema 3 refuses a file of schema 4 and leaves it alone', async () => {
    await using made = storeInNewFolder();
    const raw = new DatabaseSync(made.path);
    raw.exec(`INSERT INTO schema_version VALUES (4, 'later', 0)`);
    raw.close();
    expect(codeOf(made.openAnother)).toBe('store/newer-schema');
  });

  test('a text file, a damaged page and a database of another program are store/corrupt', async () => {
    await using made = storeInNewFolder();
    const other = (name: string): string => join(made.path, '..', name);
    writeFileSync(other('text'), 'not a database, but long enough to look at. '.repeat(100));
    expect(codeOf(() => openSqliteStore({ path: other('text'), clock }))).toBe('store/corrupt');
    const foreign = new DatabaseSync(other('foreign'));
    foreign.exec('CREATE TABLE something (x)');
    foreign.close();
    expect(codeOf(() => openSqliteStore({ path: other('foreign'), clock }))).toBe('store/corrupt');
    await made.store[Symbol.asyncDispose]();
    const bytes = readFileSync(made.path);
    bytes.fill(0x5a, 4096, 8192);
    writeFileSync(other('damaged'), bytes);
    expect(codeOf(() => openSqliteStore({ path: other('damaged'), clock }))).toBe('store/corrupt');
    writeFileSync(other('cut'), bytes);
    truncateSync(other('cut'), 6000);
    expect(codeOf(() => openSqliteStore({ path: other('cut'), clock }))).toBe('store/corrupt');
  });

  test('a damaged JSON column is noticed when it is read', async () => {
    await using made = storeInNewFolder();
    made.store.syncBoards(boards);
    const raw = new DatabaseSync(made.path);
    raw.exec(`UPDATE boards SET last_error = '{"code":1}' WHERE board_id = 'mcu-1'`);
    raw.close();
    expect(codeOf(() => made.store.boards())).toBe('store/corrupt');
  });

  test('a path that cannot be made says so', async () => {
    await using made = storeInNewFolder();
    const path = join(made.path, 'lab.sqlite');
    expect(codeOf(() => openSqliteStore({ path, clock }))).toBe('evidence/write-failed');
  });

  test('the file is in WAL mode and the constraints refuse a fence that goes back', async () => {
    await using made = storeInNewFolder();
    made.store.syncBoards(boards);
    const raw = new DatabaseSync(made.path);
    expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    raw.exec(`UPDATE boards SET fence = 5 WHERE board_id = 'mcu-1'`);
    expect(() => raw.exec(`UPDATE boards SET fence = 4 WHERE board_id = 'mcu-1'`)).toThrow('never');
    raw.close();
  });
});

/** A process of its own that claims every job of board mcu-1 as fast as it can and prints what it got. */
function claimingProcess(path: string, name: string): Promise<string> {
  const storeUrl = import.meta.resolve('./open-sqlite-store.ts');
  const clockUrl = new URL('../../kernel/system-clock.ts', import.meta.url).href;
  const program = `
    const { openSqliteStore } = await import(${JSON.stringify(storeUrl)});
    const { systemClock } = await import(${JSON.stringify(clockUrl)});
    const store = openSqliteStore({ path: ${JSON.stringify(path)}, clock: systemClock() });
    const got = [];
    for (const job of store.queue()) {
      const claim = store.claim({ jobId: job.jobId, runId: '${name}-' + job.jobId, bundlePath: '/b',
        owner: { bootId: '${name}', pid: process.pid }, nowMs: 1, leaseMs: 1 });
      if (claim === undefined) continue;
      got.push(claim.fence);
      const outcome = { outcome: 'failed', verdict: 'error', results: null, error: null, recordSha256: null,
        reportPath: null, boardSafe: true };
      store.endRun({ runId: claim.run.runId, fence: claim.fence, outcome, requeue: false, atMs: 2 });
    }
    process.stdout.write(JSON.stringify(got));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Promise.all([text(child.stdout), once(child, 'exit')]).then(([output]) => output);
}

describe('two processes', () => {
  test('that claim 40 jobs at the same time: each fence is given once, no job runs twice', async () => {
    await using made = storeInNewFolder();
    made.store.syncBoards(boards);
    for (let index = 0; index < 40; index += 1) made.store.submitJob(newJob(`job-${index}`));
    const outputs = await Promise.all([
      claimingProcess(made.path, 'left'),
      claimingProcess(made.path, 'right'),
    ]);
    const fences = outputs.flatMap((output): unknown[] => {
      const parsed: unknown = JSON.parse(output);
      return Array.isArray(parsed) ? parsed : [];
    });
    const runs = made.store.runs();
    expect(fences).toHaveLength(runs.length);
    expect(new Set(fences).size).toBe(fences.length);
    expect(new Set(runs.map((run) => run.jobId)).size).toBe(runs.length);
    expect(made.store.openRuns()).toEqual([]);
  });

  test('that make the same new file at the same time both get a whole store', async () => {
    await using made = storeInNewFolder();
    const path = join(made.path, '..', 'fresh.sqlite');
    const outputs = await Promise.all([
      claimingProcess(path, 'left'),
      claimingProcess(path, 'right'),
    ]);
    expect(outputs).toEqual(['[]', '[]']);
  });
});
