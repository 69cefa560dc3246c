import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, describe, expect, it } from 'vitest';

import { rowStatus } from '#harness/judge/raw/query-row.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { rowRingWriter } from '#harness/loadgen/row-ring-writer.ts';
import { makeRowRing, type RowRing } from '#harness/loadgen/row-ring.ts';
import { openQueryLogFile } from '#reports/evidence/query-log-file.ts';

import { repairQueryLog, wholeRowsOf } from './query-log-repair.ts';
import { startRowLogWriter, type RowLogWriter } from './row-log-writer.ts';

const folder = await mkdtemp(join(tmpdir(), 'assay-row-log-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let pathCount = 0;
const newPath = (): string => join(folder, `queries-${(pathCount += 1)}.bin`);
const start = (path: string, ring: RowRing, detailsPath?: string): Promise<RowLogWriter> =>
  startRowLogWriter(
    { path, ring, ...(detailsPath === undefined ? {} : { detailsPath }) },
    () => undefined,
    AbortSignal.timeout(20_000),
  );
const completed = { scheduledAtNs: 1, issueDelayNs: 0, latencyNs: 5, status: rowStatus.completed };

function isCollector(value: unknown): value is () => void {
  return typeof value === 'function';
}

/** Bytes on the heap once nothing is waiting to be collected. */
function heapByteCount(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (isCollector(collect)) collect();
  return process.memoryUsage().heapUsed;
}

/** A small file system for the length of a scope; undefined when this user may not mount one. */
function smallDisk(path: string, kibibytes: number): Disposable | undefined {
  const options = ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path];
  if (spawnSync('mount', options).status !== 0) return undefined;
  return { [Symbol.dispose]: () => void spawnSync('umount', [path]) };
}

/** A process that writes rows, killed in the middle of it. @returns its last moment on `process.hrtime` */
async function killWhileWriting(path: string, detailsPath: string): Promise<number> {
  const entry = new URL('./testing/row-log-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [entry, path, detailsPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect.poll(() => wholeRowsOf(path), { timeout: 20_000 }).toBeGreaterThan(20_000);
  const killedAtNs = Number(process.hrtime.bigint());
  child.kill('SIGKILL');
  await once(child, 'exit');
  return killedAtNs;
}

describe('the thread that writes the query log', () => {
  it('writes the mark and every row, and gives their number on closing', async () => {
    const path = newPath();
    const ring = makeRowRing({ rowCapacity: 4 });
    const log = await start(path, ring);
    const writer = rowRingWriter(ring, systemClock());
    for (let count = 0; count < 11; count += 1) writer.add({ ...completed, latencyNs: count });
    expect(await log.close()).toEqual({ rowCount: 11 });
    expect(await log.close()).toEqual({ rowCount: 11 });
    const bytes = await readFile(path);
    expect(bytes.subarray(0, 8).toString()).toBe('ASSAYQ2\n');
    expect(bytes.subarray(8 + 160).toString('hex')).toBe('0100000000000a000000000000000000');
  });

  it('has rows on the disk while the load goes on', async () => {
    const path = newPath();
    const ring = makeRowRing({ rowCapacity: 1024 });
    await using log = await start(path, ring);
    rowRingWriter(ring, systemClock()).add(completed);
    await expect.poll(() => wholeRowsOf(path)).toBe(1);
    expect(log.failed.aborted).toBe(false);
  });

  it('keeps details in step', async () => {
    const [path, detailsPath] = [newPath(), newPath()];
    const ring = makeRowRing({ rowCapacity: 64, hasDetails: true });
    const log = await start(path, ring, detailsPath);
    const writer = rowRingWriter(ring, systemClock());
    for (let count = 0; count < 1000; count += 1) {
      const details = { deviceDurationNs: count, firstTokenNs: Number.NaN, tokenCount: count };
      writer.add({ ...completed, latencyNs: count }, details);
    }
    await log.close();
    using queries = openQueryLogFile(path, detailsPath);
    const pairs: (readonly (number | undefined)[])[] = [];
    queries.scan((block) => {
      for (let row = 0; row < block.rowCount; row += 1)
        pairs.push([block.latencyNs[row], block.deviceDurationNs?.[row], block.tokenCount?.[row]]);
    });
    expect(pairs).toEqual(Array.from({ length: 1000 }, (_none, row) => [row, row, row]));
  });

  it('takes 2e7 rows through 1 MiB with less than 1 MB more on the heap', async () => {
    const path = newPath();
    const ring = makeRowRing({ rowCapacity: 65_536 });
    const log = await start(path, ring);
    const writer = rowRingWriter(ring, systemClock());
    for (let count = 0; count < 1e5; count += 1) writer.add(completed);
    const [heapBefore, residentBefore] = [heapByteCount(), process.memoryUsage().rss];
    for (let count = 0; count < 1e7; count += 1) writer.add(completed);
    writer.addRange(completed, 1e7);
    const residentGrowth = process.memoryUsage().rss - residentBefore;
    expect(heapByteCount() - heapBefore).toBeLessThan(1e6);
    expect(residentGrowth).toBeLessThan(64e6);
    expect(await log.close()).toEqual({ rowCount: 20_100_000 });
    expect((await stat(path)).size).toBe(8 + 20_100_000 * 16);
    await rm(path);
  });

  it('in a folder that is not there is evidence/write-failed', async () => {
    const path = join(folder, 'gone', 'queries.bin');
    await expect(start(path, makeRowRing({ rowCapacity: 4 }))).rejects.toMatchObject({
      code: 'evidence/write-failed',
    });
  });

  it('on a full disk tells both the load and whoever closes, and leaves whole rows', async (context) => {
    const dir = join(folder, 'small');
    await mkdir(dir);
    using disk = smallDisk(dir, 64);
    if (disk === undefined) context.skip('this user may not mount a small disk');
    const path = join(dir, 'queries.bin');
    const ring = makeRowRing({ rowCapacity: 1024 });
    const log = await start(path, ring);
    const writer = rowRingWriter(ring, systemClock());
    const full = { code: 'evidence/disk-full' };
    expect(() => writer.addRange(completed, 1_000_000)).toThrow(expect.objectContaining(full));
    await expect(log.close()).rejects.toMatchObject(full);
    expect(log.failed.reason).toMatchObject(full);
    using queries = openQueryLogFile(path);
    expect(queries.rowCount).toBeGreaterThan(4000);
    expect(repairQueryLog(path)).toEqual({ rowCount: queries.rowCount, cutByteCount: 0 });
  });

  // The time is the machine's: of three kills one must come out well; order and wholeness must hold for each.
  it(
    'killed at any moment leaves every row up to 50 ms before, none torn',
    { retry: 2 },
    async () => {
      const [path, detailsPath] = [newPath(), newPath()];
      const killedAtNs = await killWhileWriting(path, detailsPath);
      const { rowCount } = repairQueryLog(path, detailsPath);
      expect(rowCount).toBe(wholeRowsOf(path, detailsPath));
      using queries = openQueryLogFile(path, detailsPath);
      let [seen, lastNs] = [0, 0];
      queries.scan((block) => {
        for (let row = 0; row < block.rowCount; row += 1) {
          const isWhole =
            block.latencyNs[row] === seen &&
            block.tokenCount?.[row] === seen &&
            block.issueDelayNs[row] === seen % 4096;
          if (!isWhole) throw new Error(`row ${seen} is torn or out of order`);
          lastNs = block.scheduledAtNs[row] ?? 0;
          seen += 1;
        }
      });
      expect(seen).toBe(rowCount);
      expect(killedAtNs - lastNs).toBeLessThan(50e6);
    },
  );
});
