import { labError } from '#harness/contracts/error-catalogue.ts';

import { issuerAndSerial } from './certificate.ts';
import { derChild, derChildren, derElementAt } from './der-reader.ts';
import { contextTag, der, derInteger, derObjectId, derSequence, derSetOf, derTag } from './der.ts';
import { objectIds } from './object-ids.ts';
import { sha256 } from './sha256.ts';

const one = derInteger(Buffer.from([1]));
const sha256Algorithm = derSequence(derObjectId(objectIds.sha256));

function attribute(objectId: string, value: Uint8Array): Buffer {
  return derSequence(derObjectId(objectId), derSetOf(value));
}

/** ESS signing-certificate-v2: ties the signature to this one certificate (RFC 5035; its default hash is SHA-256). */
function signingCertificate(certificate: Uint8Array): Buffer {
  const { issuer, serial } = issuerAndSerial(certificate);
  const issuerSerial = derSequence(derSequence(der(contextTag(4), issuer.bytes)), serial.bytes);
  const certificateHash = der(derTag.octetString, sha256(certificate));
  return derSequence(derSequence(derSequence(certificateHash, issuerSerial)));
}

/**
 * The attributes that a CAdES signature covers, as the SET that is signed. No signing time: PAdES takes it from the
 * PDF (ETSI EN 319 142-1, 6.3).
 *
 * @param digest - SHA-256 of the signed bytes
 */
export function signedAttributes(digest: Uint8Array, certificate: Uint8Array): Buffer {
  return derSetOf(
    attribute(objectIds.contentType, derObjectId(objectIds.data)),
    attribute(objectIds.messageDigest, der(derTag.octetString, digest)),
    attribute(objectIds.signingCertificateV2, signingCertificate(certificate)),
  );
}

/**
 * A detached CMS signature with one signer (RFC 5652), ECDSA with SHA-256. The only form we write, and the only one
 * we accept: a verifier builds it again from its parts and compares the bytes.
 */
export function detachedCms(parts: {
  readonly digest: Uint8Array;
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
}): Buffer {
  const { issuer, serial } = issuerAndSerial(parts.certificate);
  const attributes = derElementAt(signedAttributes(parts.digest, parts.certificate), 0);
  const signer = derSequence(
    one,
    derSequence(issuer.bytes, serial.bytes),
    sha256Algorithm,
    der(contextTag(0), attributes.content),
    derSequence(derObjectId(objectIds.ecdsaWithSha256)),
    der(derTag.octetString, parts.signature),
  );
  const signedData = derSequence(
    one,
    derSetOf(sha256Algorithm),
    derSequence(derObjectId(objectIds.data)),
    der(contextTag(0), parts.certificate),
    derSetOf(signer),
  );
  return derSequence(derObjectId(objectIds.signedData), der(contextTag(0), signedData));
}

/**
 * Certificate and signature value of a CMS of our form; nothing is verified here.
 *
 * @throws LabError evidence/unreadable
 */
export function partsOfCms(cms: Uint8Array): {
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
} {
  const signedData = derChild(derChild(derElementAt(cms, 0), 1), 0);
  const certificate = derChild(derChild(signedData, 3), 0);
  const signerFields = derChildren(derChild(derChild(signedData, 4), 0));
  const signature = signerFields.at(-1);
  if (signature?.tag !== derTag.octetString) {
    throw labError('evidence/unreadable', 'The signature of the PDF has no signature value.');
  }
  return { certificate: certificate.bytes, signature: signature.content };
}
