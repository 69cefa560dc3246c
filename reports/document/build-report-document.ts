import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { parseUtcMoment, utcMoment } from '../signing/utc-calendar.ts';
import { conditionsSection } from './conditions-section.ts';
import { evidenceSection, type EvidenceIdentity } from './evidence-section.ts';
import { headlines } from './headlines.ts';
import type {
  Fact,
  ReportAttachment,
  ReportBlock,
  ReportDocument,
  ReportSection,
} from './report-document.ts';
import { resultsSection } from './results-section.ts';
import { titleNotices } from './statements.ts';
import { verdictReasons, verdictWords } from './verdict-words.ts';

/** A chart that was drawn from the raw files. */
export type ReportChart = Omit<Extract<ReportBlock, { kind: 'chart' }>, 'kind'>;

/** Everything a report is made from. */
export interface ReportSource {
  readonly record: RunRecord;
  readonly identity: EvidenceIdentity;
  readonly charts: readonly ReportChart[];
  readonly attachments: readonly ReportAttachment[];
}

function identityFacts(record: RunRecord, identity: EvidenceIdentity): Fact[] {
  const { board, suite, settings } = record;
  return [
    { label: 'Device under test', value: `${board.name}, ${board.maker}` },
    { label: 'Task', value: `${suite.title}, version ${suite.version}` },
    { label: 'Scenario', value: `${settings.scenario}, mode ${settings.mode}` },
    { label: 'Run', value: record.runId, isCode: true },
    { label: 'Job, attempt', value: `${record.jobId}, ${record.attempt}`, isCode: true },
    { label: 'Measured', value: `${record.clock.startedAtUtc} to ${record.clock.endedAtUtc}` },
    { label: 'Rule set', value: record.ruleSet },
    { label: 'Record SHA-256', value: identity.recordSha256, isCode: true },
  ];
}

function chartSection(charts: readonly ReportChart[]): ReportSection[] {
  if (charts.length === 0) return [];
  return [{ title: 'Charts', blocks: charts.map((chart) => ({ kind: 'chart', ...chart })) }];
}

/**
 * What the report says. Pure: the record and what was drawn from its raw files decide every word.
 */
export function buildReportDocument(source: ReportSource): ReportDocument {
  const { record, identity, charts, attachments } = source;
  const verdict = verdictWords(record.verdict);
  const issuedAt = parseUtcMoment(record.clock.endedAtUtc) ?? utcMoment(0);
  return {
    title: 'Test report',
    labName: record.lab.name,
    labPlace: record.lab.place,
    runId: record.runId,
    issuedAt,
    hallmark: ['Assay', record.lab.id, record.ruleSet, String(issuedAt.year)],
    verdict: { ...verdict, reasons: verdictReasons(record) },
    identity: identityFacts(record, identity),
    headlines: headlines(record),
    notices: titleNotices,
    sections: [
      resultsSection(record),
      ...chartSection(charts),
      conditionsSection(record),
      evidenceSection(record, identity),
    ],
    attachments,
  };
}
