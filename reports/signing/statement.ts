import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { canonicalBytes, parseCanonical } from './canonical-json.ts';

const statementType = 'https://in-toto.io/Statement/v1';

const SubjectSchema = Type.Object(
  {
    name: Type.String(),
    digest: Type.Object(
      { sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

const StatementSchema = Type.Object(
  {
    _type: Type.Literal(statementType),
    subject: Type.Array(SubjectSchema),
    predicateType: Type.String(),
    predicate: Type.Unknown(),
  },
  { additionalProperties: false },
);

/** A file that a statement speaks about. */
export type StatementSubject = Static<typeof SubjectSchema>;

/** An in-toto statement: these files, by digest, are what the predicate is about. */
export interface Statement {
  readonly subject: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/**
 * The statement as canonical JSON.
 *
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export function statementBytes(statement: Statement): Uint8Array<ArrayBuffer> {
  return canonicalBytes({
    _type: statementType,
    subject: statement.subject,
    predicateType: statement.predicateType,
    predicate: statement.predicate,
  });
}

/**
 * Reads a statement of exactly this predicate type.
 *
 * @param what - names the file, for the message
 * @throws LabError evidence/unreadable
 */
export function parseStatement(
  payload: Uint8Array,
  predicateType: string,
  what: string,
): Statement {
  const statement = parseCanonical(payload, `The payload of ${what}`);
  if (!Value.Check(StatementSchema, statement) || statement.predicateType !== predicateType) {
    throw labError('evidence/unreadable', `${what} holds no statement of type ${predicateType}.`);
  }
  return statement;
}
