import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PoolFunction } from '#harness/contracts/define-suite.ts';

import { openSuitePool, type SuitePool } from './suite-pool.ts';

const bound = AbortSignal.timeout(25_000);
const moduleUrl = new URL('./testing/pool-functions.ts', import.meta.url).href;

function poolFunction(exportName: string): PoolFunction {
  return { moduleUrl, exportName };
}

describe('openSuitePool', () => {
  let pool: SuitePool;

  beforeAll(() => {
    pool = openSuitePool({ threadCount: 2 });
  });

  afterAll(async () => {
    await pool[Symbol.asyncDispose]();
  });

  it('calls the named export in another thread with a clone of the argument', async () => {
    const argument = { first: 3, bytes: Uint8Array.of(1, 2) };
    const result = await pool.run(poolFunction('echo'), argument, bound);
    expect(result).toMatchObject({ argument });
    expect(result).not.toMatchObject({ threadId: 0 });
  });

  it('names function and reason when it throws, and goes on working', async () => {
    const running = pool.run(poolFunction('fail'), 7, bound);
    await expect(running).rejects.toThrow('no sample 7');
    await expect(running).rejects.toMatchObject({
      code: 'suite/task-failed',
      details: { moduleUrl, exportName: 'fail' },
    });
    expect(await pool.run(poolFunction('echo'), 1, bound)).toMatchObject({ argument: 1 });
  });

  it.each([
    ['an export that is not there', poolFunction('absent'), "exports no function 'absent'"],
    [
      'a module that is not there',
      { moduleUrl: new URL('./absent.ts', import.meta.url).href, exportName: 'encode' },
      'absent.ts',
    ],
  ])('refuses %s', async (_, fn, words) => {
    const running = pool.run(fn, 0, bound);
    await expect(running).rejects.toThrow(words);
    await expect(running).rejects.toMatchObject({ code: 'suite/task-failed' });
  });

  it('survives a worker that dies in a task', async () => {
    await expect(pool.run(poolFunction('die'), 0, bound)).rejects.toMatchObject({
      code: 'suite/task-failed',
    });
    expect(await pool.run(poolFunction('echo'), 2, bound)).toMatchObject({ argument: 2 });
  });

  it('refuses the 258th task while one runs and 256 wait', async () => {
    await using small = openSuitePool({ threadCount: 1 });
    const tasks = Array.from({ length: 260 }, (_, index) =>
      small.run(poolFunction('echo'), index, bound),
    );
    const refused = (await Promise.allSettled(tasks)).filter((end) => end.status === 'rejected');
    expect(refused).toHaveLength(3);
    for (const end of refused) expect(end.reason).toMatchObject({ code: 'suite/task-failed' });
  });

  it('ends a task that blocks its thread when the signal aborts', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const person = new AbortController();
    const running = pool.run(poolFunction('hang'), flag, person.signal);
    const started = Atomics.waitAsync(flag, 0, 0);
    await started.value;
    person.abort(new Error('cancelled by a person'));
    await expect(running).rejects.toThrow('cancelled by a person');
  });

  it('does not start a task for a signal that has aborted already', async () => {
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(pool.run(poolFunction('echo'), 0, aborted)).rejects.toThrow('too late');
  });
});
