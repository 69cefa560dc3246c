import { cp, mkdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';

import { verifyRecipe } from '../document/verify-recipe.ts';
import { bundleFiles, sealedFileNames } from '../evidence/bundle-files.ts';
import { sealBundle } from '../evidence/seal-bundle.ts';
import { externalTool } from '../testing/external-tool.ts';
import { sampleBundle, sampleKeys, type SampleBundle } from '../testing/sample-bundle.ts';
import { writeSampleEvidence } from '../testing/sample-evidence.ts';
import { sampleRun } from '../testing/sample-raw-files.ts';
import { temporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { verifyBundle } from './verify-bundle.ts';
import type { VerifyReport } from './verify-report.ts';

const isRequired = process.env['CI'] === 'true';
const shell = externalTool('sh', { isRequired });
const jq = externalTool('jq', { isRequired: false });

let folder: TemporaryFolder;
let bundle: SampleBundle;
let content: ReadonlyMap<string, Uint8Array>;
let changed: string;

async function contentOf(dir: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of await bundleFiles(dir)) files.set(path, await readFile(join(dir, path)));
  return files;
}

beforeAll(async () => {
  folder = await temporaryFolder();
  bundle = await sampleBundle(folder.path);
  content = await contentOf(bundle.dir);
  changed = await copyOfBundle('changed');
});

afterAll(() => folder[Symbol.asyncDispose]());

/** Makes a file of the copy for changes what it is in the bundle, or another. */
async function put(path: string, bytes: Uint8Array | undefined): Promise<void> {
  await (bytes === undefined ? rm(join(changed, path)) : writeFile(join(changed, path), bytes));
}

/** Verifies the bundle with one file that is another, or is gone. */
async function verifyWith(path: string, bytes: Uint8Array | undefined): Promise<VerifyReport> {
  await put(path, bytes);
  try {
    return await verifyBundle(changed);
  } finally {
    await put(path, content.get(path));
  }
}

function failed(report: VerifyReport): string[] {
  return report.checks.filter((check) => !check.ok).map((check) => check.name);
}

function withByte(path: string, offset: number, flip: number): Promise<VerifyReport> {
  const bytes = Uint8Array.from(content.get(path) ?? []);
  bytes[offset] = (bytes[offset] ?? 0) ^ flip;
  return verifyWith(path, bytes);
}

async function copyOfBundle(name: string): Promise<string> {
  const copy = join(folder.path, name);
  await cp(bundle.dir, copy, { recursive: true });
  return copy;
}

describe('a sealed bundle', () => {
  it('verifies, with every number derived again', async () => {
    const report = await verifyBundle(bundle.dir);
    expect(failed(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, differences: [] });
    expect(report.checks.map((check) => check.name)).toContain('numbers');
  });

  it('holds twelve files', () => {
    expect([...content.keys()]).toEqual([
      'configuration.json',
      'lab-keys.json',
      'log.jsonl',
      'raw/accuracy.jsonl',
      'raw/labels.json',
      'raw/power.bin',
      'raw/queries.bin',
      'raw/windows.json',
      'record.dsse.json',
      'record.json',
      'report.pdf',
      'seal.dsse.json',
    ]);
  });

  it('fails when the first, middle or last byte of any file is another', async () => {
    const accepted: string[] = [];
    for (const [path, bytes] of content) {
      for (const offset of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        if ((await withByte(path, offset, 0x01)).ok) accepted.push(`${path}, byte ${offset}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('fails when any byte of any file is another: 150 places at random, any bit', async () => {
    const place = fc
      .constantFrom(...content.keys())
      .chain((path) =>
        fc.tuple(
          fc.constant(path),
          fc.integer({ min: 0, max: (content.get(path)?.length ?? 1) - 1 }),
          fc.integer({ min: 0, max: 7 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(place, async ([path, offset, bit]) => {
        expect((await withByte(path, offset, 1 << bit)).ok).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('fails on the disk as well: one byte of raw/power.bin', async () => {
    const copy = await copyOfBundle('one-byte');
    const path = join(copy, 'raw', 'power.bin');
    const bytes = await readFile(path);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 0x40;
    await writeFile(path, bytes);
    const report = await verifyBundle(copy);
    expect(failed(report)).toEqual(expect.arrayContaining(['files']));
  });

  it('fails when any one file is gone', async () => {
    const accepted: string[] = [];
    for (const path of content.keys())
      if ((await verifyWith(path, undefined)).ok) accepted.push(path);
    expect(accepted).toEqual([]);
  });

  it('fails when a file is too many', async () => {
    for (const path of ['raw/other.bin', 'notes.txt', 'raw/queries.bin.draft']) {
      const report = await verifyWith(path, new Uint8Array());
      expect(failed(report)).toEqual(['files']);
      expect(report.checks.find((check) => !check.ok)?.detail).toContain(path);
    }
  });

  it('fails when files of another run of the same lab stand in', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir } = await sampleBundle(elsewhere.path, { run: { ...sampleRun, seed: 8 } });
    const others = await contentOf(dir);
    const differing = [...content.keys()].filter(
      (path) => !Buffer.from(others.get(path) ?? []).equals(content.get(path) ?? new Uint8Array()),
    );
    const accepted: string[] = [];
    for (const path of differing)
      if ((await verifyWith(path, others.get(path))).ok) accepted.push(path);
    expect(differing.length).toBeGreaterThan(6);
    expect(accepted).toEqual([]);
  });

  it('is no bundle when it holds a link', async () => {
    const copy = await copyOfBundle('link');
    await unlink(join(copy, 'log.jsonl'));
    await symlink('/etc/hostname', join(copy, 'log.jsonl'));
    await expect(verifyBundle(copy)).rejects.toMatchObject({ code: 'evidence/unreadable' });
  });

  it('is no bundle when there is no folder', async () => {
    const nowhere = join(folder.path, 'nowhere');
    await expect(verifyBundle(nowhere)).rejects.toMatchObject({ code: 'evidence/unreadable' });
  });

  it('in an empty folder fails and says what is missing', async () => {
    const empty = join(folder.path, 'empty');
    await mkdir(empty);
    const report = await verifyBundle(empty);
    expect(report.checks).toEqual([
      { name: 'lab-keys', ok: false, detail: 'lab-keys.json is not there.' },
    ]);
  });

  it.skipIf(!jq.available)(
    'verifies with the recipe that the report prints: sh, jq and OpenSSL',
    async () => {
      const copy = await copyOfBundle('recipe');
      const { output, exitCode } = shell.run(['-e', '-c', verifyRecipe.join('\n')], copy);
      expect(output).toContain('Signature Verified Successfully');
      expect(output).toContain('raw/queries.bin: OK');
      expect(exitCode).toBe(0);
    },
  );
});

describe('who signed', () => {
  it('is told, and left open, when no key is trusted', async () => {
    for (const options of [{}, { trustedKeyIds: [] }]) {
      const report = await verifyBundle(bundle.dir, options);
      expect(report.ok).toBe(true);
      expect(report.notChecked.join(' ')).toContain(bundle.keys.record.keyId);
    }
  });

  it('is known when the record key is trusted', async () => {
    const trustedKeyIds = [bundle.keys.record.keyId];
    const report = await verifyBundle(bundle.dir, { trustedKeyIds });
    expect(report).toMatchObject({ ok: true, notChecked: [] });
  });

  it('is a stranger when somebody seals the same run again with keys of his own', async () => {
    await using elsewhere = await temporaryFolder();
    const copy = await copyOfBundle('resealed');
    for (const name of Object.values(sealedFileNames)) await rm(join(copy, name));
    const keys = await sampleKeys(elsewhere.path);
    await using fresh = await temporaryFolder();
    const record = await writeSampleEvidence(join(fresh.path, 'again'), sampleRun);
    await sealBundle({ dir: copy, record, keys, withReport: true });
    expect((await verifyBundle(copy)).ok).toBe(true);
    const report = await verifyBundle(copy, { trustedKeyIds: [bundle.keys.record.keyId] });
    expect(failed(report)).toEqual(['signer-known']);
  });
});

describe('a record that does not follow from its raw files', () => {
  it('fails and says which number: recorded and derived', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir } = await sampleBundle(elsewhere.path, {
      change: (record) => {
        const { latency } = record.results;
        if (latency === undefined) throw new Error('the sample has latencies');
        const better = { ...latency, p90Ns: latency.p90Ns - 1 };
        return { ...record, results: { ...record.results, latency: better } };
      },
    });
    const report = await verifyBundle(dir);
    expect(failed(report)).toEqual(['numbers']);
    expect(report.differences).toHaveLength(1);
    const [difference] = report.differences;
    expect(difference?.path).toBe('results.latency.p90Ns');
    expect(Number(difference?.derived) - Number(difference?.recorded)).toBe(1);
  });

  it('fails when the verdict is better than the rules give', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir } = await sampleBundle(elsewhere.path, {
      run: { ...sampleRun, rightShare: 0.5 },
      change: (record) => ({ ...record, verdict: 'pass' }),
    });
    const report = await verifyBundle(dir);
    expect(report.differences).toEqual([
      { path: 'verdict', recorded: '"pass"', derived: '"fail"' },
    ]);
  });

  it('fails when a part that was measured is left out', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir } = await sampleBundle(elsewhere.path, {
      change: ({ results: { accuracy: _left, ...results }, ...record }) => ({ ...record, results }),
    });
    const report = await verifyBundle(dir);
    expect(report.differences.map(({ path }) => path)).toEqual(['results.accuracy']);
  });

  it('fails when it was judged by rules that this Assay does not know', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir } = await sampleBundle(elsewhere.path, {
      change: (record) => ({ ...record, ruleSet: 'assay-rules-0' }),
    });
    const report = await verifyBundle(dir);
    expect(failed(report)).toEqual(['numbers']);
  });
});

describe('a run that broke off', () => {
  const error = errorRecord(labError('dut/timeout', 'Board board-a did not answer in 2 s.'));

  it('is sealed without a report and verifies', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir, reportPath } = await sampleBundle(elsewhere.path, {
      withReport: false,
      change: (record) => ({ ...record, results: {}, rules: [], verdict: 'error', error }),
    });
    expect(reportPath).toBeNull();
    const report = await verifyBundle(dir);
    expect(failed(report)).toEqual([]);
    expect(report.notChecked.join(' ')).toContain('this bundle has none');
  });

  it('may not claim a pass, nor any number', async () => {
    await using elsewhere = await temporaryFolder();
    const { dir } = await sampleBundle(elsewhere.path, {
      change: (record) => ({ ...record, error }),
    });
    const report = await verifyBundle(dir);
    const paths = report.differences.map(({ path }) => path);
    expect(paths).toContain('verdict');
    expect(paths).toContain('results.latency');
  });
});
