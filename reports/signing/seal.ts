import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { sealEnvelope, type EnvelopeSigner, type OpenedEnvelope } from './dsse.ts';
import { parseStatement, statementBytes, type StatementSubject } from './statement.ts';

/** A name, not an address: nothing is fetched. */
export const sealPredicateType = 'urn:assay:run-seal:1';

const SealSchema = Type.Object(
  {
    runId: Type.String(),
    recordSha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of record.json' }),
  },
  { additionalProperties: false },
);

/** What the seal says beside the digests of its files. */
export type Seal = Static<typeof SealSchema>;

/** `seal.dsse.json`: binds the files that were made after the record, among them the PDF, to the lab's key. */
export function sealFiles(
  seal: Seal,
  subject: readonly StatementSubject[],
  signer: EnvelopeSigner,
): Uint8Array<ArrayBuffer> {
  const statement = { subject, predicateType: sealPredicateType, predicate: seal };
  return sealEnvelope(statementBytes(statement), signer);
}

/**
 * What an opened seal says.
 *
 * @throws LabError evidence/unreadable
 */
export function sealOf(
  envelope: OpenedEnvelope,
  what: string,
): { readonly seal: Seal; readonly subject: readonly StatementSubject[] } {
  const statement = parseStatement(envelope.payload, sealPredicateType, what);
  const seal = statement.predicate;
  if (!Value.Check(SealSchema, seal)) {
    throw labError('evidence/unreadable', `${what} holds no seal of a run.`);
  }
  return { seal, subject: statement.subject };
}
