import { generateKeyPairSync } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { selfMadeCertificate } from '../signing/certificate.ts';
import { openPdf, referenceTo } from '../signing/pades/pdf-file.ts';
import { signPdf, type PdfSigner } from '../signing/pades/sign-pdf.ts';
import { appendRevision } from '../testing/append-revision.ts';
import { sampleBundle, type SampleBundle } from '../testing/sample-bundle.ts';
import { temporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { checkPdf } from './check-pdf.ts';
import { verifyPdf } from './verify-pdf.ts';
import { checkList, type VerifyReport } from './verify-report.ts';

let folder: TemporaryFolder;
let bundle: SampleBundle;
let pdf: Buffer;

beforeAll(async () => {
  folder = await temporaryFolder();
  bundle = await sampleBundle(folder.path);
  pdf = await readFile(join(bundle.dir, 'report.pdf'));
});

afterAll(() => folder[Symbol.asyncDispose]());

function verify(bytes: Uint8Array): VerifyReport {
  const checks = checkList();
  checkPdf(checks, bytes);
  return checks.report();
}

function failed(bytes: Uint8Array): string[] {
  return verify(bytes)
    .checks.filter((check) => !check.ok)
    .map((check) => check.name);
}

function flipped(offset: number, flip: number): Uint8Array {
  const changed = Uint8Array.from(pdf);
  changed[offset] = (changed[offset] ?? 0) ^ flip;
  return changed;
}

/** The report without its signature: what was there before the last revision. */
function unsignedPart(): Uint8Array {
  const end = pdf.lastIndexOf('%%EOF', pdf.length - 10) + '%%EOF'.length;
  return pdf.subarray(0, end);
}

function strangerSigner(): PdfSigner {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const from = { year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5 };
  const serial = Buffer.from([1]);
  const certificate = selfMadeCertificate({ privateKey, labName: 'Assay demo lab', serial, from });
  return { privateKey, certificate, name: 'x', reason: 'x', signedAt: from };
}

describe('a report alone', () => {
  it('is verified as far as it goes, and says that its numbers were not derived again', async () => {
    const alone = join(folder.path, 'alone.pdf');
    await copyFile(join(bundle.dir, 'report.pdf'), alone);
    const report = await verifyPdf(alone);
    expect(report.ok).toBe(true);
    expect(report.notChecked.join(' ')).toContain('the raw files are not beside this PDF');
    expect(report.checks.map((check) => check.name)).toEqual([
      'pdf-readable',
      'pdf-one-signature',
      'pdf-whole-file',
      'pdf-no-changes-allowed',
      'pdf-signature',
      'pdf-certificate',
      'pdf-keys',
      'pdf-record',
      'signer-known',
    ]);
  });

  it('in its bundle is verified with the bundle', async () => {
    const report = await verifyPdf(join(bundle.dir, 'report.pdf'));
    expect(report.ok).toBe(true);
    expect(report.checks.map((check) => check.name)).toContain('numbers');
  });

  it('is known by the record key alone, and by no other', async () => {
    const alone = join(folder.path, 'known.pdf');
    await writeFile(alone, pdf);
    const trusted = await verifyPdf(alone, { trustedKeyIds: [bundle.keys.record.keyId] });
    expect(trusted.ok).toBe(true);
    const stranger = await verifyPdf(alone, { trustedKeyIds: ['00'.repeat(32)] });
    expect(stranger.ok).toBe(false);
    expect(stranger.checks.at(-1)).toMatchObject({ name: 'signer-known', ok: false });
  });

  it('that is no PDF is evidence that fails, and a missing one an error', async () => {
    expect(failed(Buffer.from('hello'))).toEqual(['pdf-readable']);
    expect(failed(new Uint8Array())).toEqual(['pdf-readable']);
    await expect(verifyPdf(join(folder.path, 'none.pdf'))).rejects.toMatchObject({
      code: 'evidence/unreadable',
    });
  });
});

describe('attacks on a report', () => {
  it('by one byte anywhere fail: 200 places at random, any bit', () => {
    const place = fc.tuple(
      fc.integer({ min: 0, max: pdf.length - 1 }),
      fc.integer({ min: 0, max: 7 }),
    );
    fc.assert(
      fc.property(place, ([offset, bit]) => {
        expect(verify(flipped(offset, 1 << bit)).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('by one byte of the signature itself fail, each of the first 60 and each 97th after', () => {
    const gapAt = pdf.lastIndexOf('/Contents <') + '/Contents '.length;
    const gapEnd = pdf.indexOf('>', gapAt) + 1;
    const accepted: string[] = [];
    for (let offset = gapAt; offset < gapEnd; offset += offset < gapAt + 60 ? 1 : 97) {
      for (const flip of [0x01, 0x20]) {
        if (verify(flipped(offset, flip)).ok) accepted.push(`byte ${offset} ^ ${flip}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('by an update that paints over page 1 fail', () => {
    const file = openPdf(pdf);
    const page = pdf.toString('latin1').match(/(\d+) 0 obj\n<<\n\/Type \/Page\n/);
    const body = '<< /Type /Page /Parent 1 0 R /MediaBox [0 0 595 842] >>';
    const changed = appendRevision(pdf, Number(page?.[1]), body);
    expect(openPdf(changed).offsets.get(Number(page?.[1]))).toBe(file.bytes.length);
    expect(failed(changed)).toContain('pdf-whole-file');
  });

  it('by an annotation that is added fail', () => {
    const number = referenceTo(openPdf(pdf).trailer, 'Info');
    const changed = appendRevision(pdf, number, '<< /Type /Annot /Subtype /Square >>');
    expect(failed(changed)).toContain('pdf-whole-file');
  });

  it('by bytes after the end fail', () => {
    expect(failed(Buffer.concat([pdf, Buffer.from('garbage')]))).toEqual(['pdf-readable']);
    expect(failed(Buffer.concat([pdf, Buffer.from('\n')]))).not.toEqual([]);
    expect(failed(Buffer.concat([pdf, Buffer.from(' ')]))).not.toEqual([]);
  });

  it('by bytes hidden behind the signature fail', () => {
    const changed = Buffer.from(pdf);
    const gapEnd = changed.indexOf('>', changed.lastIndexOf('/Contents <'));
    changed.write('DEADBEEF', gapEnd - 20, 'latin1');
    expect(failed(changed)).toContain('pdf-signature');
  });

  it('by lower-case hex, which says the same, fail', () => {
    const text = pdf.toString('latin1');
    const gapAt = text.lastIndexOf('/Contents <') + '/Contents <'.length;
    const lower = text.slice(gapAt, gapAt + 200).toLowerCase();
    const changed = Buffer.from(text.slice(0, gapAt) + lower + text.slice(gapAt + 200), 'latin1');
    expect(failed(changed)).toContain('pdf-signature');
  });

  it('by a second signature over the first fail', () => {
    expect(failed(signPdf(pdf, strangerSigner()))).not.toEqual([]);
  });

  it('by somebody else’s signature instead of the lab’s fail: the record key did not vouch for it', () => {
    const resigned = signPdf(unsignedPart(), strangerSigner());
    expect(failed(resigned)).toEqual(['pdf-keys']);
  });

  it('by leaving the signature out fail', () => {
    expect(failed(unsignedPart())).toContain('pdf-one-signature');
  });

  it('by a cut fail at any length', () => {
    const lengths = [1, 1000, pdf.length - 7000, pdf.length - 2];
    expect(lengths.filter((length) => verify(pdf.subarray(0, length)).ok)).toEqual([]);
  });

  it('by a signature that would allow changes fail', () => {
    const { privateKey, certificate } = bundle.keys.report;
    const signed = signPdf(unsignedPart(), { ...strangerSigner(), privateKey, certificate });
    expect(failed(signed)).toEqual([]);
    const loose = Buffer.from(
      Buffer.from(signed).toString('latin1').replace('/P 1 /V', '/P 2 /V'),
      'latin1',
    );
    expect(failed(loose)).toEqual(['pdf-no-changes-allowed', 'pdf-signature', 'pdf-keys']);
  });
});
