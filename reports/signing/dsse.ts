import { sign, verify, type KeyObject } from 'node:crypto';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { canonicalBytes, parseCanonical } from './canonical-json.ts';
import { decodeBase64, encodeBase64 } from './strict-base64.ts';

/** What our envelopes hold. */
export const inTotoPayloadType = 'application/vnd.in-toto+json';

const EnvelopeSchema = Type.Object(
  {
    payload: Type.String(),
    payloadType: Type.String(),
    signatures: Type.Array(
      Type.Object({ keyid: Type.String(), sig: Type.String() }, { additionalProperties: false }),
      { minItems: 1, maxItems: 1 },
    ),
  },
  { additionalProperties: false },
);

/** An opened envelope: what it says and who says so. Nothing is verified yet. */
export interface OpenedEnvelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly keyId: string;
  readonly signature: Buffer;
}

/**
 * The bytes that a DSSE signature covers.
 *
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, pre-authentication encoding
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const typeByteCount = Buffer.byteLength(payloadType, 'utf8');
  const head = `DSSEv1 ${typeByteCount} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/** An Ed25519 key with its id. */
export interface EnvelopeSigner {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** Signs a payload with Ed25519: the bytes of the envelope file, in canonical JSON. */
export function sealEnvelope(payload: Uint8Array, signer: EnvelopeSigner): Uint8Array<ArrayBuffer> {
  const signature = sign(null, preAuthEncoding(inTotoPayloadType, payload), signer.privateKey);
  return canonicalBytes({
    payload: encodeBase64(payload),
    payloadType: inTotoPayloadType,
    signatures: [{ keyid: signer.keyId, sig: encodeBase64(signature) }],
  });
}

/**
 * Reads an envelope file. Strict: its bytes must be the canonical form of what they say, and its base64 exact.
 *
 * @param what - names the file, for the message
 * @throws LabError evidence/unreadable
 */
export function openEnvelope(bytes: Uint8Array, what: string): OpenedEnvelope {
  const envelope = parseCanonical(bytes, what);
  if (!Value.Check(EnvelopeSchema, envelope)) {
    throw labError('evidence/unreadable', `${what} is no DSSE envelope with one signature.`);
  }
  const [signature] = envelope.signatures;
  if (signature === undefined || envelope.payloadType !== inTotoPayloadType) {
    throw labError('evidence/unreadable', `${what} holds no in-toto statement.`);
  }
  return {
    payloadType: envelope.payloadType,
    payload: decodeBase64(envelope.payload, `The payload of ${what}`),
    keyId: signature.keyid,
    signature: decodeBase64(signature.sig, `The signature of ${what}`),
  };
}

/** Whether this Ed25519 key signed the envelope's payload as this type. */
export function isSignedBy(envelope: OpenedEnvelope, publicKey: KeyObject): boolean {
  const covered = preAuthEncoding(envelope.payloadType, envelope.payload);
  return verify(null, covered, publicKey, envelope.signature);
}
