import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import {
  RunRecordSchema,
  type EvidenceFile,
  type RunRecord,
} from '#harness/contracts/records/run-record.ts';

import { canonicalJson } from './canonical-json.ts';
import { sealEnvelope, type EnvelopeSigner, type OpenedEnvelope } from './dsse.ts';
import { parseStatement, statementBytes, type StatementSubject } from './statement.ts';

/** A name, not an address: nothing is fetched. */
export const recordPredicateType = 'urn:assay:run-record:1';

function subjectsOf(files: readonly EvidenceFile[]): StatementSubject[] {
  return files.map((file) => ({ name: file.path, digest: { sha256: file.sha256 } }));
}

/** `record.dsse.json`: the record, signed; its subjects are the raw files that the record lists. */
export function sealRecord(record: RunRecord, signer: EnvelopeSigner): Uint8Array<ArrayBuffer> {
  const statement = {
    subject: subjectsOf(record.files),
    predicateType: recordPredicateType,
    predicate: record,
  };
  return sealEnvelope(statementBytes(statement), signer);
}

/**
 * The record inside an opened envelope.
 *
 * @param what - names the file, for the message
 * @throws LabError evidence/unreadable when it holds no record, or its subjects are not the files of the record
 */
export function recordOf(envelope: OpenedEnvelope, what: string): RunRecord {
  const statement = parseStatement(envelope.payload, recordPredicateType, what);
  const record = statement.predicate;
  if (!Value.Check(RunRecordSchema, record)) {
    const [problem] = Value.Errors(RunRecordSchema, record);
    const where = problem === undefined ? '' : ` (${problem.instancePath}: ${problem.message})`;
    throw labError('evidence/unreadable', `${what} holds no run record of version 1${where}.`);
  }
  if (canonicalJson(statement.subject) !== canonicalJson(subjectsOf(record.files))) {
    throw labError('evidence/unreadable', `${what} names other files than its record.`);
  }
  return record;
}
