import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { formatCount } from './format-quantity.ts';
import type { Fact, ReportBlock, ReportSection } from './report-document.ts';
import { closingStatements } from './statements.ts';
import { pdfRecipe, verifyRecipe } from './verify-recipe.ts';

/** What ties the report to its evidence. */
export interface EvidenceIdentity {
  /** SHA-256 of `record.json`. */
  readonly recordSha256: string;
  readonly recordKeyId: string;
  readonly reportKeyId: string;
}

function bindingFacts(identity: EvidenceIdentity): Fact[] {
  return [
    { label: 'Record SHA-256', value: identity.recordSha256, isCode: true },
    { label: 'Record key id', value: identity.recordKeyId, isCode: true },
    { label: 'Report key id', value: identity.reportKeyId, isCode: true },
  ];
}

function fileTable(record: RunRecord): ReportBlock {
  return {
    kind: 'table',
    columns: [
      { title: 'File', align: 'left' },
      { title: 'Bytes', align: 'right' },
      { title: 'SHA-256', align: 'left', isCode: true },
    ],
    rows: record.files.map((file) => [file.path, formatCount(file.byteCount), file.sha256]),
    note: 'Key ids are the SHA-256 of the public keys; compare them with those that the lab gives you by another way.',
  };
}

/** The files behind the numbers, their hashes, who signed, and how to check all of it without us. */
export function evidenceSection(record: RunRecord, identity: EvidenceIdentity): ReportSection {
  return {
    title: 'Evidence and verification',
    blocks: [
      {
        kind: 'paragraph',
        text: 'The signed record and the public keys of the lab are attached to this PDF. The bundle of the run holds the raw files as well.',
      },
      { kind: 'facts', facts: bindingFacts(identity) },
      fileTable(record),
      { kind: 'subheading', text: 'How to verify, offline' },
      {
        kind: 'paragraph',
        text: 'assay verify <report.pdf or bundle> checks every hash and signature and derives every number again from the raw files. Without Assay, in the folder of the bundle:',
      },
      { kind: 'code', lines: [...verifyRecipe, ...pdfRecipe] },
      { kind: 'subheading', text: 'Statements' },
      { kind: 'notes', lines: closingStatements },
    ],
  };
}
