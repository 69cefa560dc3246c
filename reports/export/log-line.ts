import { assert } from '#harness/kernel/assert.ts';

/** A whole number that a JavaScript number cannot hold, as decimal digits. */
export interface DecimalDigits {
  readonly digits: string;
}

/** What a line of the detail log says. */
export interface LogEntry {
  readonly key: string;
  readonly value: string | boolean | number | DecimalDigits | readonly number[];
  /** Absent: neither. */
  readonly severity?: 'error' | 'warning';
  /** Relative to the start of the test. Absent: that of the part of the log it stands in. */
  readonly atMs?: number;
}

const marker = ':::MLLOG ';

function valueText(value: LogEntry['value']): string {
  if (typeof value === 'object' && 'digits' in value) {
    assert(/^\d+$/.test(value.digits), 'decimal digits');
    return value.digits;
  }
  if (typeof value === 'number') assert(Number.isFinite(value), 'a number that JSON has');
  return JSON.stringify(value);
}

/** The places in a source file and the process that the format asks for are not recorded: null. */
function metadataText(severity: LogEntry['severity']): string {
  return JSON.stringify({
    is_error: severity === 'error',
    is_warning: severity === 'warning',
    file: 'assay export',
    line_no: null,
    pid: null,
    tid: null,
  });
}

/**
 * One marked line of a detail log, without its line end: numbers in full, instants in milliseconds with 6 decimals.
 *
 * @param atMs - relative to the start of the test
 * @see protocol sheet "load generation", section 3
 */
export function logLine(entry: LogEntry, atMs: number): string {
  const fields = [
    `"key": ${JSON.stringify(entry.key)}`,
    `"value": ${valueText(entry.value)}`,
    `"time_ms": ${(entry.atMs ?? atMs).toFixed(6)}`,
    '"namespace": "mlperf::logging"',
    '"event_type": "POINT_IN_TIME"',
    `"metadata": ${metadataText(entry.severity)}`,
  ];
  return `${marker}{${fields.join(', ')}}`;
}
