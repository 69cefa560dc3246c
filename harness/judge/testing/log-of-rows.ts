import type { QueryLog } from '../raw/query-blocks.ts';
import { queryDetailsMagic, queryDetailsRowByteCount } from '../raw/query-details.ts';
import { queryLogMagic } from '../raw/query-log-file.ts';
import { decodeQueryLog } from '../raw/query-log.ts';
import { queryRowWordCount, rowStatus, writeQueryRow, type QueryRow } from '../raw/query-row.ts';

/** A row for tests: completed, issued on time at 0 unless it says otherwise; with tokens where it tells of them. */
export interface TestRow extends Partial<QueryRow> {
  readonly firstTokenNs?: number;
  readonly tokenCount?: number;
  readonly deviceDurationNs?: number;
}

function detailsOf(rows: readonly TestRow[]): Uint8Array {
  const bytes = Buffer.alloc(8 + rows.length * queryDetailsRowByteCount);
  bytes.write(queryDetailsMagic, 'latin1');
  for (const [index, row] of rows.entries()) {
    const { firstTokenNs = Number.NaN, tokenCount = 0, deviceDurationNs = Number.NaN } = row;
    const at = 8 + index * queryDetailsRowByteCount;
    bytes.writeDoubleLE(deviceDurationNs, at);
    bytes.writeDoubleLE(firstTokenNs, at + 8);
    bytes.writeUInt32LE(tokenCount, at + 16);
  }
  return bytes;
}

/** A query log of these rows, through its bytes. */
export function logOfRows(rows: readonly TestRow[]): QueryLog {
  const words = new Uint32Array(rows.length * queryRowWordCount);
  for (const [index, row] of rows.entries()) {
    const { scheduledAtNs = 0, issueDelayNs = 0, status = rowStatus.completed } = row;
    const { latencyNs = Number.NaN } = row;
    const at = index * queryRowWordCount;
    writeQueryRow(words, at, { scheduledAtNs, issueDelayNs, latencyNs, status });
  }
  const bytes = Buffer.concat([Buffer.from(queryLogMagic, 'latin1'), new Uint8Array(words.buffer)]);
  const hasDetails = rows.some(
    (row) => row.tokenCount !== undefined || row.deviceDurationNs !== undefined,
  );
  return hasDetails ? decodeQueryLog(bytes, detailsOf(rows)) : decodeQueryLog(bytes);
}
