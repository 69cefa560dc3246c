import { mkdtemp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { defineSuite, type Suite } from '#harness/contracts/define-suite.ts';

import { datasetSha256 } from './dataset-layout.ts';
import { prepareDataset } from './prepare-dataset.ts';
import { openSuitePool, type SuitePool } from './suite-pool.ts';
import { encodeRamp } from './testing/pool-functions.ts';

const bound = AbortSignal.timeout(25_000);
const moduleUrl = new URL('./testing/pool-functions.ts', import.meta.url).href;
const sampleCount = 103;
const expected = encodeRamp({ first: 0, count: sampleCount });

type Dataset = Suite['dataset'];

function rampSuite(changes: Partial<Dataset> = {}): Suite {
  return defineSuite({
    id: 'ramp',
    version: '1.0.0',
    title: 'Ramp',
    boardModel: 'ramp01',
    model: {
      file: 'ramp.onnx',
      sha256: '0'.repeat(64),
      architecture: 'none',
      inputElement: 'uint8',
      inputShape: [2, 2],
      outputLength: 3,
    },
    dataset: {
      id: 'ramp',
      version: '1.0.0',
      sampleCount,
      classNames: ['a', 'b', 'c'],
      sha256: datasetSha256(expected),
      source: { kind: 'generated', encode: { moduleUrl, exportName: 'encodeRamp' } },
      ...changes,
    },
    accuracy: { metric: 'top-1', atLeast: 0.5 },
    performance: {
      minDurationMs: 1,
      minQueryCount: 1,
      maxDurationMs: 1,
      queryDeadlineMs: 1,
      percentile: 0.9,
      windowCount: 0,
      minWindowMs: 1,
      sampleCount: 1,
    },
  });
}

describe('prepareDataset', () => {
  let pool: SuitePool;
  let rootDir = '';
  let cacheDir = '';
  let taskCount = 0;

  beforeAll(() => {
    const opened = openSuitePool({ threadCount: 2 });
    pool = {
      ...opened,
      run: (...task) => {
        taskCount += 1;
        return opened.run(...task);
      },
    };
  });

  afterAll(async () => {
    await pool[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    rootDir = await mkdtemp(join(tmpdir(), 'assay-dataset-'));
    cacheDir = join(rootDir, 'state', 'datasets');
    taskCount = 0;
  });

  afterEach(async () => {
    await rm(rootDir, { recursive: true });
  });

  const prepare = (
    suite: Suite,
    onProgress: (doneCount: number, totalCount: number) => void = () => {},
  ): ReturnType<typeof prepareDataset> =>
    prepareDataset({ suite, cacheDir, pool, rootDir, onProgress }, bound);

  it('makes 103 samples in five chunks, in their order, and says how far it is', async () => {
    const progress: number[] = [];
    const samples = await prepare(rampSuite(), (doneCount) => progress.push(doneCount));
    expect(samples).toEqual(expected);
    expect(taskCount).toBe(5);
    expect(progress.at(-1)).toBe(103);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('keeps bytes and labels in one file and takes them from there the next time', async () => {
    await prepare(rampSuite());
    const names = await readdir(cacheDir);
    expect(names).toEqual([`ramp-1.0.0-${datasetSha256(expected).slice(0, 8)}.bin`]);
    const kept = await readFile(join(cacheDir, names[0] ?? ''));
    expect(Uint8Array.from(kept)).toEqual(Uint8Array.of(...expected.bytes, ...expected.labels));
    taskCount = 0;
    const again = await prepare(rampSuite());
    expect(taskCount).toBe(0);
    expect(Uint8Array.from(again.bytes)).toEqual(expected.bytes);
    expect(Uint8Array.from(again.labels)).toEqual(expected.labels);
  });

  it.each([
    { damage: 'was cut off', harm: (path: string) => truncate(path, 100) },
    { damage: 'has other bytes', harm: (path: string) => writeFile(path, new Uint8Array(515)) },
    { damage: 'is empty', harm: (path: string) => writeFile(path, '') },
  ])('makes the copy anew when it $damage', async ({ harm }) => {
    await prepare(rampSuite());
    const [name] = await readdir(cacheDir);
    await harm(join(cacheDir, name ?? ''));
    expect(await prepare(rampSuite())).toEqual(expected);
    expect(taskCount).toBe(10);
    taskCount = 0;
    await prepare(rampSuite());
    expect(taskCount).toBe(0);
  });

  it('refuses a generator that makes other samples than the suite names, and keeps nothing', async () => {
    await expect(prepare(rampSuite({ sha256: 'f'.repeat(64) }))).rejects.toMatchObject({
      code: 'suite/dataset-hash-mismatch',
      details: { actualSha256: datasetSha256(expected), expectedSha256: 'f'.repeat(64) },
    });
    await expect(readdir(cacheDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['encodeShort', 'echo', 'fail', 'die'])(
    'fails with suite/task-failed when the generator is %s',
    async (exportName) => {
      const source = { kind: 'generated', encode: { moduleUrl, exportName } } as const;
      await expect(prepare(rampSuite({ source }))).rejects.toMatchObject({
        code: 'suite/task-failed',
      });
    },
  );

  it('ends with the reason of the signal', async () => {
    const preparing = prepareDataset(
      { suite: rampSuite(), cacheDir, pool, rootDir },
      AbortSignal.abort(new Error('cancelled')),
    );
    await expect(preparing).rejects.toThrow('cancelled');
  });

  it('says when the copy cannot be kept', async () => {
    await writeFile(join(rootDir, 'state'), 'a file where a folder should be');
    await expect(prepare(rampSuite())).rejects.toMatchObject({ code: 'evidence/write-failed' });
  });

  describe('with a data set in a file', () => {
    const source = { kind: 'file', path: 'data/ramp.bin' } as const;

    it('reads it from the folder of the lab', async () => {
      await mkdir(join(rootDir, 'data'));
      await writeFile(
        join(rootDir, source.path),
        Uint8Array.of(...expected.bytes, ...expected.labels),
      );
      const samples = await prepare(rampSuite({ source }));
      expect(Uint8Array.from(samples.bytes)).toEqual(expected.bytes);
      expect(Uint8Array.from(samples.labels)).toEqual(expected.labels);
      expect(taskCount).toBe(0);
    });

    it('names the path when it is not there', async () => {
      const path = join(rootDir, 'data/ramp.bin');
      const preparing = prepare(rampSuite({ source }));
      await expect(preparing).rejects.toThrow(path);
      await expect(preparing).rejects.toMatchObject({
        code: 'suite/dataset-missing',
        details: { path },
      });
    });

    it.each([
      { fault: 'is another one', content: new Uint8Array(515), sha256: datasetSha256(expected) },
      {
        fault: 'has the hash but not the size of 103 samples',
        content: Uint8Array.of(1, 2, 3),
        sha256: datasetSha256({ bytes: Uint8Array.of(1, 2, 3), labels: new Uint8Array(0) }),
      },
    ])('refuses a file that $fault', async ({ content, sha256 }) => {
      const path = join(rootDir, 'ramp.bin');
      await writeFile(path, content);
      const preparing = prepare(rampSuite({ sha256, source: { kind: 'file', path } }));
      await expect(preparing).rejects.toMatchObject({ code: 'suite/dataset-hash-mismatch' });
    });
  });
});
