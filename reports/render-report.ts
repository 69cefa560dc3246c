import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import type { RawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { reportCharts } from './charts/report-charts.ts';
import { buildReportDocument } from './document/build-report-document.ts';
import { renderPdf } from './pdf/render-pdf.ts';
import { canonicalBytes } from './signing/canonical-json.ts';
import type { LabKeys } from './signing/lab-keys.ts';
import { publicKeysBytes } from './signing/public-keys.ts';
import { sha256Hex } from './signing/sha256.ts';

/** Names of the files inside the PDF. */
export const attachmentNames = { record: 'record.dsse.json', keys: 'lab-keys.json' } as const;

/** Everything a report is made from. */
export interface ReportRequest {
  readonly record: RunRecord;
  /** The raw files of the record, for the charts. */
  readonly raw: RawEvidence;
  /** The bytes of `record.dsse.json`. */
  readonly envelope: Uint8Array;
  readonly keys: LabKeys;
}

/**
 * The report, not signed yet: the same request gives the same bytes.
 *
 * @throws LabError report/render-failed
 */
export function renderReport(request: ReportRequest): Promise<Uint8Array> {
  const { record, raw, envelope, keys } = request;
  return renderPdf(
    buildReportDocument({
      record,
      identity: {
        recordSha256: sha256Hex(canonicalBytes(record)),
        recordKeyId: keys.record.keyId,
        reportKeyId: keys.report.keyId,
      },
      charts: reportCharts(record, raw),
      attachments: [
        {
          name: attachmentNames.record,
          description: 'The signed record of this run',
          content: Buffer.from(envelope).toString('utf8'),
        },
        {
          name: attachmentNames.keys,
          description: 'The public keys of the lab',
          content: Buffer.from(publicKeysBytes(keys)).toString('utf8'),
        },
      ],
    }),
  );
}
