import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { isSignedBy, openEnvelope, type OpenedEnvelope } from '../signing/dsse.ts';
import type { PublicKeys } from '../signing/public-keys.ts';
import { recordOf } from '../signing/record-envelope.ts';
import { mustHold } from './invalid-signature.ts';

/**
 * Opens an envelope that must be signed by the lab's record key.
 *
 * @param what - names the file, for messages
 * @throws LabError evidence/signature-invalid, evidence/unreadable
 */
export function openSigned(bytes: Uint8Array, keys: PublicKeys, what: string): OpenedEnvelope {
  const envelope = openEnvelope(bytes, what);
  mustHold(
    envelope.keyId === keys.recordKeyId,
    `${what} names another key than lab-keys.json: ${envelope.keyId}.`,
  );
  mustHold(
    isSignedBy(envelope, keys.recordKey),
    `${what} was changed after it was signed, or signed with another key.`,
  );
  return envelope;
}

/** The record of a signed envelope. @throws LabError evidence/signature-invalid, evidence/unreadable */
export function signedRecord(bytes: Uint8Array, keys: PublicKeys, what: string): RunRecord {
  return recordOf(openSigned(bytes, keys, what), what);
}
