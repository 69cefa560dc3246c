import { labError } from '#harness/contracts/error-catalogue.ts';

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/**
 * Decodes base64 that must be exactly what the encoder writes: Node alone skips foreign characters and stray bits,
 * so that a changed byte could pass unseen.
 *
 * @param what - names the field, for the message
 * @throws LabError evidence/unreadable
 */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw labError('evidence/unreadable', `${what} is not strict base64.`);
  }
  return bytes;
}
