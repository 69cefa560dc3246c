import { labError } from '#harness/contracts/error-catalogue.ts';

import type { SqlRow } from './sql-session.ts';

/** What `Compile` of typebox makes: a checked schema. */
export interface RowSchema<Row> {
  Check(value: unknown): value is Row;
  Errors(value: unknown): readonly { readonly instancePath: string; readonly message: string }[];
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema refuses the text itself, and names the column.
    return text;
  }
}

/**
 * Makes the function that turns a row into a record: columns are named as its fields, those of `json` hold
 * JSON, and those of `optional` are left out where they are NULL. The row is checked against the schema, so that a damaged file is noticed where it is read.
 */
export function rowReader<Row>(
  table: string,
  schema: RowSchema<Row>,
  columns: { readonly json: readonly string[]; readonly optional?: readonly string[] },
): (row: SqlRow) => Row {
  return (row) => {
    const fields: Record<string, unknown> = { ...row };
    for (const column of columns.json) fields[column] = parsed(row[column]);
    for (const column of columns.optional ?? []) if (fields[column] === null) delete fields[column];
    const record: unknown = fields;
    if (schema.Check(record)) return record;
    const problem = schema.Errors(record)[0];
    const where = `${table}${problem?.instancePath ?? ''}`;
    const what = problem?.message ?? 'is not as expected';
    throw labError('store/corrupt', `a row of the store is damaged: ${where} ${what}`, {
      details: { table },
    });
  };
}

/** A value for a JSON column; null stays NULL. */
export function jsonColumn(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
