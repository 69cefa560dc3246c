import { X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { externalTool } from '../testing/external-tool.ts';
import { sampleKeys } from '../testing/sample-bundle.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openLabKeys } from './lab-keys.ts';
import { parsePublicKeys, publicKeysBytes } from './public-keys.ts';

const openssl = externalTool('openssl', { isRequired: process.env['CI'] === 'true' });

describe('the keys of a lab', () => {
  it('are made once, readable by their owner only, and the same ever after', async () => {
    await using folder = await temporaryFolder();
    const made = await sampleKeys(folder.path);
    const loaded = await sampleKeys(folder.path);
    expect(loaded.record.keyId).toBe(made.record.keyId);
    expect(loaded.report.certificate.equals(made.report.certificate)).toBe(true);
    const names = await readdir(join(folder.path, 'keys'));
    const found = await Promise.all(names.map((name) => stat(join(folder.path, 'keys', name))));
    expect(found.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    expect(await readdir(folder.path)).toEqual(['keys']);
  });

  it('are one set when eight callers come at the same time', async () => {
    await using folder = await temporaryFolder();
    const all = await Promise.all(Array.from({ length: 8 }, () => sampleKeys(folder.path)));
    expect(new Set(all.map((keys) => keys.record.keyId)).size).toBe(1);
    expect(new Set(all.map((keys) => keys.report.keyId)).size).toBe(1);
    expect(await readdir(folder.path)).toEqual(['keys']);
  });

  it('come with a certificate that says it is self-made, lasts ten years and signs nothing but documents', async () => {
    await using folder = await temporaryFolder();
    const keys = await openLabKeys({
      stateDir: folder.path,
      labName: `Lab 實驗室 ${'x'.repeat(80)}`,
      clock: { utcMs: () => 1_776_412_800_000 },
    });
    const certificate = new X509Certificate(keys.report.certificate);
    expect(certificate.subject).toContain('Assay self-made lab certificate (demo');
    expect(certificate.subject).toContain('O=Lab 實驗室 xxx');
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validFrom).toBe('Apr 17 08:00:00 2026 GMT');
    expect(certificate.validTo).toBe('Apr 17 08:00:00 2036 GMT');
  });

  it.skipIf(!openssl.available)('have a certificate that OpenSSL reads and verifies', async () => {
    await using folder = await temporaryFolder();
    await sampleKeys(folder.path);
    const path = join(folder.path, 'keys', 'report-certificate.pem');
    const text = openssl.run(['x509', '-in', path, '-noout', '-text']).output;
    expect(text).toContain('Digital Signature, Non Repudiation');
    expect(text).toContain('NIST CURVE: P-256');
    const verified = openssl.run(['verify', '-partial_chain', '-trusted', path, path]);
    expect(verified.output).toContain(': OK');
  });

  it.each([
    ['a missing key', async (dir: string) => rm(join(dir, 'record-key.pem'))],
    ['a key that is none', async (dir: string) => writeFile(join(dir, 'report-key.pem'), 'hello')],
    [
      'the other kind of key',
      async (dir: string) =>
        writeFile(join(dir, 'record-key.pem'), await readFile(join(dir, 'report-key.pem'))),
    ],
  ])('are never replaced: %s is evidence/key-unusable', async (_what, damage) => {
    await using folder = await temporaryFolder();
    await sampleKeys(folder.path);
    await damage(join(folder.path, 'keys'));
    await expect(sampleKeys(folder.path)).rejects.toMatchObject({ code: 'evidence/key-unusable' });
  });

  it('with the certificate of another lab are evidence/key-unusable', async () => {
    await using folder = await temporaryFolder();
    await using other = await temporaryFolder();
    await sampleKeys(folder.path);
    await sampleKeys(other.path);
    const name = join('keys', 'report-certificate.pem');
    await writeFile(join(folder.path, name), await readFile(join(other.path, name)));
    await expect(sampleKeys(folder.path)).rejects.toThrow('is of another key');
  });

  it('that cannot be written, here below a file, are evidence/write-failed', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, '');
    await expect(sampleKeys(join(path, 'state'))).rejects.toMatchObject({
      code: 'evidence/write-failed',
    });
  });
});

function isAccepted(bytes: Uint8Array): boolean {
  try {
    parsePublicKeys(bytes, 'lab-keys.json');
    return true;
  } catch {
    return false;
  }
}

describe('lab-keys.json', () => {
  it('reads back, and is refused once any single byte is another', async () => {
    await using folder = await temporaryFolder();
    const keys = await sampleKeys(folder.path);
    const bytes = publicKeysBytes(keys);
    const read = parsePublicKeys(bytes, 'lab-keys.json');
    expect(read).toMatchObject({
      labName: 'Assay demo lab',
      recordKeyId: keys.record.keyId,
      reportKeyId: keys.report.keyId,
    });
    const accepted: number[] = [];
    const nameAt = Buffer.from(bytes).indexOf('Assay demo lab');
    for (const [offset, byte] of bytes.entries()) {
      const isName = offset >= nameAt && offset < nameAt + 'Assay demo lab'.length;
      if (isName) continue;
      const changed = Uint8Array.from(bytes);
      changed[offset] = byte ^ 0x01;
      if (isAccepted(changed)) accepted.push(offset);
    }
    expect(accepted).toEqual([]);
  });
});
