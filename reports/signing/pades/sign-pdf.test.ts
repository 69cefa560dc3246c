import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { renderReport } from '../../render-report.ts';
import { externalTool } from '../../testing/external-tool.ts';
import { sampleBundle, type SampleBundle } from '../../testing/sample-bundle.ts';
import { temporaryFolder, type TemporaryFolder } from '../../testing/temporary-folder.ts';
import { openEnvelope } from '../dsse.ts';
import { recordOf } from '../record-envelope.ts';
import { attachedFiles } from './attached-files.ts';
import { openPdf } from './pdf-file.ts';
import { signPdf } from './sign-pdf.ts';
import { pdfTextString } from './signature-form.ts';

const isRequired = process.env['CI'] === 'true';
const pdfsig = externalTool('pdfsig', { isRequired });
const qpdf = externalTool('qpdf', { isRequired });
const pdfdetach = externalTool('pdfdetach', { isRequired });
const openssl = externalTool('openssl', { isRequired });

let folder: TemporaryFolder;
let bundle: SampleBundle;
let reportPath: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  bundle = await sampleBundle(folder.path);
  reportPath = join(bundle.dir, 'report.pdf');
});

afterAll(() => folder[Symbol.asyncDispose]());

describe('a signed report', () => {
  it.skipIf(!pdfsig.available)('is valid and signed as a whole, says pdfsig', () => {
    const { output, exitCode } = pdfsig.run([reportPath]);
    expect(exitCode).toBe(0);
    expect(output).toContain('Signature is Valid.');
    expect(output).toContain('Total document signed');
    expect(output).toContain('ETSI.CAdES.detached');
    expect(output).toContain('Apr 17 2026 09:30:18');
  });

  it.skipIf(!qpdf.available)('is sound, says qpdf', () => {
    const { output, exitCode } = qpdf.run(['--check', reportPath]);
    expect(output).toContain('No syntax or stream encoding errors found');
    expect(exitCode).toBe(0);
  });

  it.skipIf(!pdfdetach.available)('gives its record and keys to pdfdetach', async () => {
    const { output } = pdfdetach.run(['-saveall', '-o', folder.path, reportPath]);
    expect(output).toBe('');
    for (const name of ['record.dsse.json', 'lab-keys.json']) {
      const inside = await readFile(join(folder.path, name), 'utf8');
      expect(inside).toBe(await readFile(join(bundle.dir, name), 'utf8'));
    }
  });

  it.skipIf(!openssl.available)('verifies with OpenSSL as a detached CMS signature', async () => {
    const bytes = await readFile(reportPath);
    const range = /\/ByteRange \[0 (\d+) (\d+) (\d+)\]/.exec(bytes.toString('latin1'));
    const [start = 0, end = 0] = range?.slice(1).map(Number) ?? [];
    const hex = bytes.toString('latin1', start + 1, end - 1).replace(/(?:00)+$/, '');
    const [cms, content] = [join(folder.path, 'signature.der'), join(folder.path, 'content')];
    await writeFile(cms, Buffer.from(hex, 'hex'));
    await writeFile(content, Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
    const certificate = join(folder.path, 'keys', 'report-certificate.pem');
    const trust = ['-partial_chain', '-CAfile', certificate, '-purpose', 'any'];
    const input = ['-inform', 'DER', '-in', cms, '-content', content, '-binary'];
    const args = ['cms', '-verify', '-cades', ...input, ...trust, '-out', '/dev/null'];
    expect(openssl.run(args).output).toContain('CAdES Verification successful');
  });

  it('keeps every byte of the report as it was set', async () => {
    const envelope = await readFile(join(bundle.dir, 'record.dsse.json'));
    const record = recordOf(openEnvelope(envelope, 'envelope'), 'envelope');
    const unsigned = await renderReport({ record, raw: {}, envelope, keys: bundle.keys });
    const signed = signPdf(unsigned, {
      privateKey: bundle.keys.report.privateKey,
      certificate: bundle.keys.report.certificate,
      name: 'Lab 實驗室',
      reason: 'A (test)',
      signedAt: { year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5 },
    });
    expect(Buffer.from(signed.subarray(0, unsigned.length)).equals(unsigned)).toBe(true);
    const [before, after] = [openPdf(unsigned), openPdf(signed)];
    for (const key of ['ID', 'Info']) {
      const text = (file: typeof before): string => {
        const node = file.trailer.entries.get(key);
        return file.text.slice(node?.start, node?.end);
      };
      expect(text(after)).toBe(text(before));
    }
    expect([...attachedFiles(after).keys()].toSorted()).toEqual([
      'lab-keys.json',
      'record.dsse.json',
    ]);
  });

  it('names a signer in Chinese as UTF-16, which every reader shows right', () => {
    expect(pdfTextString('Lab')).toBe('(Lab)');
    expect(pdfTextString('實')).toBe('<FEFF5BE6>');
    expect(pdfTextString('a(b)')).toBe('<FEFF00610028006200290000>'.replace('0000>', '>'));
  });
});
