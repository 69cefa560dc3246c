import type { KeyObject } from 'node:crypto';

import { sha256Hex } from './sha256.ts';

/** SubjectPublicKeyInfo in DER. */
export function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** Id of a public key: SHA-256 of its SubjectPublicKeyInfo in hex. */
export function keyIdOf(publicKey: KeyObject): string {
  return sha256Hex(spkiOf(publicKey));
}
