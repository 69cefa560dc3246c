import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { canonicalBytes, parseCanonical } from './canonical-json.ts';
import { parseCertificate } from './certificate.ts';
import { preAuthEncoding } from './dsse.ts';
import { keyIdOf, spkiOf } from './key-id.ts';
import type { LabKeys } from './lab-keys.ts';
import { decodeBase64, encodeBase64 } from './strict-base64.ts';

const KeyIdSchema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the SPKI' });

const PublicKeysSchema = Type.Object(
  {
    version: Type.Literal('1'),
    labName: Type.String(),
    recordKey: Type.Object(
      {
        keyId: KeyIdSchema,
        algorithm: Type.Literal('ed25519'),
        spki: Type.String({ description: 'SubjectPublicKeyInfo, DER in base64' }),
      },
      { additionalProperties: false },
    ),
    reportKey: Type.Object(
      {
        keyId: KeyIdSchema,
        algorithm: Type.Literal('ecdsa-p256-sha256'),
        certificate: Type.String({ description: 'X.509, DER in base64' }),
        endorsement: Type.String({
          description:
            'the record key’s Ed25519 signature over the certificate, so that one key id is enough to trust',
        }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

const endorsementType = 'application/pkix-cert';

/** The lab's public keys, read from `lab-keys.json` and consistent among themselves. */
export interface PublicKeys {
  readonly labName: string;
  readonly recordKeyId: string;
  readonly recordKey: KeyObject;
  readonly reportKeyId: string;
  /** DER. */
  readonly certificate: Buffer;
}

/** `lab-keys.json`: what somebody needs to verify a bundle of this lab. */
export function publicKeysBytes(keys: LabKeys): Uint8Array<ArrayBuffer> {
  const covered = preAuthEncoding(endorsementType, keys.report.certificate);
  const value: Static<typeof PublicKeysSchema> = {
    version: '1',
    labName: keys.labName,
    recordKey: {
      keyId: keys.record.keyId,
      algorithm: 'ed25519',
      spki: encodeBase64(spkiOf(createPublicKey(keys.record.privateKey))),
    },
    reportKey: {
      keyId: keys.report.keyId,
      algorithm: 'ecdsa-p256-sha256',
      certificate: encodeBase64(keys.report.certificate),
      endorsement: encodeBase64(sign(null, covered, keys.record.privateKey)),
    },
  };
  return canonicalBytes(value);
}

function readSpki(spki: Buffer, what: string): KeyObject {
  try {
    const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    if (key.asymmetricKeyType === 'ed25519' && spkiOf(key).equals(spki)) return key;
  } catch (cause) {
    throw labError('evidence/unreadable', `The record key of ${what} is no key.`, { cause });
  }
  throw labError('evidence/unreadable', `The record key of ${what} is no Ed25519 key.`);
}

/**
 * Reads `lab-keys.json`: key ids must fit the keys, and the record key must have signed the certificate.
 *
 * @param what - names the file, for the message
 * @throws LabError evidence/unreadable, evidence/signature-invalid
 */
export function parsePublicKeys(bytes: Uint8Array, what: string): PublicKeys {
  const value = parseCanonical(bytes, what);
  if (!Value.Check(PublicKeysSchema, value)) {
    throw labError('evidence/unreadable', `${what} holds no public keys of a lab.`);
  }
  const recordKey = readSpki(decodeBase64(value.recordKey.spki, 'The record key'), what);
  const certificate = decodeBase64(value.reportKey.certificate, 'The certificate');
  const reportKey = parseCertificate(certificate, what).publicKey;
  if (
    keyIdOf(recordKey) !== value.recordKey.keyId ||
    keyIdOf(reportKey) !== value.reportKey.keyId
  ) {
    throw labError('evidence/signature-invalid', `A key id of ${what} does not fit its key.`);
  }
  const endorsement = decodeBase64(value.reportKey.endorsement, 'The endorsement');
  const covered = preAuthEncoding(endorsementType, certificate);
  if (!verify(null, covered, recordKey, endorsement)) {
    throw labError(
      'evidence/signature-invalid',
      `The record key of ${what} did not sign the certificate of the report key.`,
    );
  }
  return {
    labName: value.labName,
    recordKeyId: value.recordKey.keyId,
    recordKey,
    reportKeyId: value.reportKey.keyId,
    certificate,
  };
}
