import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { sha256Hex } from '../signing/sha256.ts';
import { sampleBundle, sampleKeys } from '../testing/sample-bundle.ts';
import { writeSampleEvidence } from '../testing/sample-evidence.ts';
import { sampleRun } from '../testing/sample-raw-files.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { verifyBundle } from '../verify/verify-bundle.ts';
import { sealBundle } from './seal-bundle.ts';

/** A file system of this size for the length of a scope; undefined when this user may not mount one. */
function smallDisk(path: string, kibibytes: number): Disposable | undefined {
  const options = ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path];
  if (spawnSync('mount', options).status !== 0) return undefined;
  return { [Symbol.dispose]: () => void spawnSync('umount', [path]) };
}

describe('sealing a bundle', () => {
  it('names the hash of record.json and the path of the report', async () => {
    await using folder = await temporaryFolder();
    const { dir, recordSha256, reportPath } = await sampleBundle(folder.path);
    expect(recordSha256).toBe(sha256Hex(await readFile(join(dir, 'record.json'))));
    expect(reportPath).toBe(join(dir, 'report.pdf'));
  });

  it('lists every file of the run, also those it does not know', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'bundle');
    const record = await writeSampleEvidence(dir, sampleRun);
    await mkdir(join(dir, 'raw', 'extra'));
    await writeFile(join(dir, 'raw', 'extra', 'note.txt'), 'hello');
    await sealBundle({ dir, record, keys: await sampleKeys(folder.path), withReport: false });
    const text = await readFile(join(dir, 'record.json'), 'utf8');
    expect(text).toContain('"path":"raw/extra/note.txt"');
    expect((await verifyBundle(dir)).ok).toBe(true);
  });

  it('can be done again, also after a draft was left behind', async () => {
    await using folder = await temporaryFolder();
    const first = await sampleBundle(folder.path);
    await writeFile(join(first.dir, 'report.pdf.draft'), 'half a repo');
    const again = await sampleBundle(folder.path);
    expect(again.recordSha256).toBe(first.recordSha256);
    expect((await verifyBundle(again.dir)).ok).toBe(true);
  });

  it('writes nothing when the report cannot be made: raw files that are damaged', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'bundle');
    const record = await writeSampleEvidence(dir, sampleRun);
    await writeFile(join(dir, 'raw', 'queries.bin'), 'garbage');
    const keys = await sampleKeys(folder.path);
    const before = await readdir(dir);
    const sealing = sealBundle({ dir, record, keys, withReport: true });
    await expect(sealing).rejects.toMatchObject({ code: 'evidence/unreadable' });
    expect(await readdir(dir)).toEqual(before);
  });

  it('in a folder that is not there is evidence/write-failed', async () => {
    await using folder = await temporaryFolder();
    const record = await writeSampleEvidence(join(folder.path, 'elsewhere'), sampleRun);
    const keys = await sampleKeys(folder.path);
    const sealing = sealBundle({ dir: join(folder.path, 'gone'), record, keys, withReport: false });
    await expect(sealing).rejects.toMatchObject({ code: 'evidence/write-failed' });
  });

  it('on a full disk is evidence/disk-full and leaves no file half written', async (context) => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'bundle');
    await mkdir(dir);
    using disk = smallDisk(dir, 240);
    if (disk === undefined) context.skip('this user may not mount a small disk');
    const record = await writeSampleEvidence(dir, sampleRun);
    const keys = await sampleKeys(folder.path);
    const sealing = sealBundle({ dir, record, keys, withReport: true });
    await expect(sealing).rejects.toMatchObject({ code: 'evidence/disk-full' });
    const left = await readdir(dir);
    expect(left).not.toContain('report.pdf');
    expect(left).not.toContain('seal.dsse.json');
    expect(left.filter((name) => name.endsWith('.draft'))).toEqual([]);
  });
});
