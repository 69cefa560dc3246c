import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { decodeRawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { reportCharts } from '../charts/report-charts.ts';
import { buildReportDocument } from '../document/build-report-document.ts';
import type { ReportDocument } from '../document/report-document.ts';
import { externalTool } from '../testing/external-tool.ts';
import { sampleRecord } from '../testing/sample-evidence.ts';
import {
  sampleLoadEvidence,
  sampleLoadRecord,
  sampleServerResults,
  sampleServerRows,
  sampleServerSettings,
} from '../testing/sample-load-results.ts';
import { sampleRawFiles, sampleRun } from '../testing/sample-raw-files.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { renderPdf } from './render-pdf.ts';

const pdftotext = externalTool('pdftotext', { isRequired: process.env['CI'] === 'true' });

function sampleDocument(): ReportDocument {
  const files = sampleRawFiles(sampleRun);
  const raw = decodeRawEvidence((path) => files.get(path));
  const record = { ...sampleRecord(sampleRun, raw), files: [] };
  return buildReportDocument({
    record,
    identity: { recordSha256: 'aa'.repeat(32), recordKeyId: 'bb', reportKeyId: 'cc' },
    charts: reportCharts(record, raw),
    attachments: [{ name: 'record.dsse.json', description: 'record', content: '{}' }],
  });
}

describe('setting a report', () => {
  it('gives the same bytes for the same document, in another process too', async () => {
    const report = sampleDocument();
    const [first, second] = [await renderPdf(report), await renderPdf(report)];
    expect(Buffer.from(second).equals(first)).toBe(true);
    const program = `
      import { readFileSync } from 'node:fs';
      import { createHash } from 'node:crypto';
      import { renderPdf } from '${import.meta.resolve('./render-pdf.ts')}';
      const bytes = await renderPdf(JSON.parse(readFileSync(0, 'utf8')));
      process.stdout.write(bytes.toString('base64'));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      input: JSON.stringify(report),
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
      timeout: 20_000,
    });
    expect(Buffer.from(child.stdout, 'base64').equals(first)).toBe(true);
  });

  it.skipIf(!pdftotext.available)(
    'prints pages, verdict, statements and the end mark',
    async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'report.pdf');
      await writeFile(path, await renderPdf(sampleDocument()));
      const { output } = pdftotext.run(['-layout', path, '-']);
      const pageCount = output.split('\f').length - 1;
      expect(pageCount).toBeGreaterThanOrEqual(4);
      expect(pageCount).toBeLessThanOrEqual(7);
      expect(output).toContain(`page ${pageCount} of ${pageCount}`);
      expect(output).toContain('PASS');
      expect(output).toContain('Not an MLPerf® result; not verified by MLCommons Association.');
      expect(output).toMatch(/End of report\s+run-demo-01kpcz5g2m7d3x9q4t/);
      expect(output).toContain('aa'.repeat(32));
    },
  );

  it.skipIf(!pdftotext.available)(
    'prints the limits of a server, its issue error, and where its settings come from',
    async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'report.pdf');
      const rows = sampleServerRows(9000);
      const record = sampleLoadRecord(sampleServerSettings, sampleServerResults(rows, 15e6));
      const charts = reportCharts(record, sampleLoadEvidence(rows));
      const identity = { recordSha256: 'aa', recordKeyId: 'bb', reportKeyId: 'cc' };
      const report = buildReportDocument({ record, identity, charts, attachments: [] });
      await writeFile(path, await renderPdf(report));
      const { output } = pdftotext.run(['-layout', path, '-']);
      expect(output).toMatch(/limit\s15\.00\sms, counted from the scheduled instant/);
      expect(output).toContain('Issue error');
      expect(output).toMatch(/issue instant after its schedule, logarithmic/);
      expect(output).toMatch(/Deadline of a query\s+2\.000\ss\s+suite/);
    },
  );

  it('is dated by the run, not by the machine', async () => {
    const text = Buffer.from(await renderPdf(sampleDocument())).toString('latin1');
    expect(text).toContain('/CreationDate (D:20260417093018Z)');
  });

  it('takes markup, quotes and foreign letters as plain text', async () => {
    const report = {
      ...sampleDocument(),
      labName: '#panic("x") $ \\ "*_<> 實驗室 😀',
      sections: [],
    };
    expect((await renderPdf(report)).length).toBeGreaterThan(10_000);
  });

  it('that cannot be set is report/render-failed', async () => {
    const chart = { kind: 'chart', title: 'x', svg: 'no picture', alt: 'x', note: '' } as const;
    const report = { ...sampleDocument(), sections: [{ title: 'Charts', blocks: [chart] }] };
    await expect(renderPdf(report)).rejects.toMatchObject({ code: 'report/render-failed' });
  });
});
