import { createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { derChild, derElementAt, type DerElement } from './der-reader.ts';
import { contextTag, der, derInteger, derObjectId, derSequence, derSetOf, derTag } from './der.ts';
import { spkiOf } from './key-id.ts';
import { objectIds } from './object-ids.ts';
import { sha256 } from './sha256.ts';
import { compactUtc, yearsLater, type UtcMoment } from './utc-calendar.ts';

/** Common name of the certificates we make: nobody shall take one for an identity that somebody checked. */
export const selfMadeCommonName = 'Assay self-made lab certificate (demo, identity not verified)';

const validYearCount = 10;
/** Characters of an organisation's name (RFC 5280, appendix A, ub-organization-name). */
const nameLengthMax = 64;
const ecdsaWithSha256 = derSequence(derObjectId(objectIds.ecdsaWithSha256));

function nameAttribute(objectId: string, value: string): Buffer {
  const text = der(derTag.utf8String, Buffer.from(value, 'utf8'));
  return derSetOf(derSequence(derObjectId(objectId), text));
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5). */
function derTime(moment: UtcMoment): Buffer {
  const text = `${compactUtc(moment)}Z`;
  return moment.year < 2050
    ? der(derTag.utcTime, Buffer.from(text.slice(2), 'ascii'))
    : der(derTag.generalizedTime, Buffer.from(text, 'ascii'));
}

function extension(objectId: string, isCritical: boolean, value: Uint8Array): Buffer {
  const critical = isCritical ? [der(derTag.boolean, Buffer.from([0xff]))] : [];
  return derSequence(derObjectId(objectId), ...critical, der(derTag.octetString, value));
}

function extensions(spki: Uint8Array): Buffer {
  const keyId = sha256(spki).subarray(0, 20);
  const digitalSignatureAndNonRepudiation = Buffer.from([6, 0xc0]);
  return derSequence(
    extension(objectIds.basicConstraints, true, derSequence()),
    extension(objectIds.keyUsage, true, der(derTag.bitString, digitalSignatureAndNonRepudiation)),
    extension(objectIds.subjectKeyIdentifier, false, der(derTag.octetString, keyId)),
  );
}

/**
 * A certificate that says only: this key calls itself by this lab's name. Ten years, for signatures only.
 *
 * @param request - the P-256 key; the serial number's random bytes; the first moment of validity
 * @returns the certificate in DER (RFC 5280)
 */
export function selfMadeCertificate(request: {
  readonly privateKey: KeyObject;
  readonly labName: string;
  readonly serial: Uint8Array;
  readonly from: UtcMoment;
}): Buffer {
  const spki = spkiOf(createPublicKey(request.privateKey));
  const organization = Array.from(request.labName).slice(0, nameLengthMax).join('');
  const name = derSequence(
    nameAttribute(objectIds.organization, organization),
    nameAttribute(objectIds.commonName, selfMadeCommonName),
  );
  const toBeSigned = derSequence(
    der(contextTag(0), derInteger(Buffer.from([2]))),
    derInteger(request.serial),
    ecdsaWithSha256,
    name,
    derSequence(derTime(request.from), derTime(yearsLater(request.from, validYearCount))),
    name,
    spki,
    der(contextTag(3), extensions(spki)),
  );
  const signature = sign('sha256', toBeSigned, request.privateKey);
  const signatureBits = der(derTag.bitString, Buffer.from([0]), signature);
  return derSequence(toBeSigned, ecdsaWithSha256, signatureBits);
}

/**
 * Reads a certificate.
 *
 * @throws LabError evidence/unreadable
 */
export function parseCertificate(certificate: Uint8Array, what: string): X509Certificate {
  try {
    const parsed = new X509Certificate(certificate);
    if (parsed.raw.equals(certificate)) return parsed;
  } catch (cause) {
    throw labError('evidence/unreadable', `${what} is no certificate.`, { cause });
  }
  throw labError('evidence/unreadable', `${what} holds more than one certificate.`);
}

/** Issuer and serial number as they lie in the certificate, for CMS. */
export function issuerAndSerial(certificate: Uint8Array): {
  readonly issuer: DerElement;
  readonly serial: DerElement;
} {
  const toBeSigned = derChild(derElementAt(certificate, 0), 0);
  return { serial: derChild(toBeSigned, 1), issuer: derChild(toBeSigned, 3) };
}
