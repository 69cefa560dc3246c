import { Type, type Static } from 'typebox';

import { LabError } from '#harness/kernel/lab-error.ts';

import { errorCatalogue, isErrorCode, labError } from './error-catalogue.ts';

/** An error as it is stored, sent and shown. */
export const ErrorRecordSchema = Type.Object({
  code: Type.String({ description: 'stable code, area/what' }),
  class: Type.Union([
    Type.Literal('infra'),
    Type.Literal('station'),
    Type.Literal('dut'),
    Type.Literal('job'),
    Type.Literal('measurement'),
    Type.Literal('bug'),
  ]),
  retry: Type.Union([
    Type.Literal('automatic'),
    Type.Literal('after-remedy'),
    Type.Literal('never'),
  ]),
  message: Type.String(),
  remedy: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
});

/** An error as it is stored, sent and shown. */
export type ErrorRecord = Static<typeof ErrorRecordSchema>;

/** Any thrown thing as a record; what is no `LabError` is a bug of ours and says so. */
export function errorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof LabError && isErrorCode(thrown.code)) {
    const entry = errorCatalogue[thrown.code];
    return {
      code: thrown.code,
      class: entry.class,
      retry: entry.retry,
      message: thrown.message,
      remedy: entry.remedy,
      details: { ...thrown.details },
    };
  }
  const entry = errorCatalogue['run/bug'];
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return { code: 'run/bug', ...entry, message, details: { stack } };
}

/** The error of a record again, with its code: for failures that crossed a thread or a process. */
export function thrownFromRecord(record: ErrorRecord): Error {
  if (record.code === 'run/bug' || !isErrorCode(record.code)) return new Error(record.message);
  return labError(record.code, record.message, { details: record.details });
}
