import { readFile } from 'node:fs/promises';

import { NodeCompiler, type NodeError } from '@myriaddreamin/typst-ts-node-compiler';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';

import { printableText } from '../document/printable-text.ts';
import type { ReportDocument } from '../document/report-document.ts';

const templateUrl = new URL('report.typ', import.meta.url);
const pdfStandard = 'a-3a';

/** Texts go through `printableText`, but for those that are no text to be set: pictures and attached files. */
function printableMember(key: string, value: unknown): unknown {
  const isSet = typeof value === 'string' && key !== 'svg' && key !== 'content';
  return isSet ? printableText(value) : value;
}

function renderFailed(compiler: NodeCompiler, diagnostics: NodeError | null): Error {
  const found: readonly unknown[] =
    diagnostics === null ? [] : compiler.fetchDiagnostics(diagnostics);
  return labError('report/render-failed', 'The typesetter refused the report.', {
    details: { diagnostics: JSON.stringify(found) },
  });
}

/**
 * Sets a report as PDF/A-3a. The same document gives the same bytes. Blocks the thread for about 100 ms, and the
 * typesetter keeps some megabytes per report: call it in a process that does not live long.
 *
 * @throws LabError report/render-failed
 */
export async function renderPdf(report: ReportDocument): Promise<Uint8Array> {
  const template = await readFile(templateUrl, 'utf8');
  try {
    const compiler = NodeCompiler.create({ workspace: import.meta.dirname });
    const compiled = compiler.compile({
      mainFileContent: template,
      inputs: { report: JSON.stringify(report, printableMember) },
    });
    const document = compiled.result;
    if (document === null) throw renderFailed(compiler, compiled.takeDiagnostics());
    return compiler.pdf(document, { pdfStandard });
  } catch (cause) {
    if (hasCode(cause, 'report/render-failed')) throw cause;
    throw labError('report/render-failed', 'The report could not be set.', { cause });
  }
}
