import { createPublicKey, generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isSignedBy, openEnvelope, preAuthEncoding, sealEnvelope } from './dsse.ts';
import { keyIdOf } from './key-id.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const signer = { keyId: keyIdOf(publicKey), privateKey };

describe('DSSE', () => {
  it('encodes the example of the DSSE protocol', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(encoded.toString('latin1')).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('opens what it sealed, whatever the payload is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
        const opened = openEnvelope(sealEnvelope(payload, signer), 'envelope');
        expect(Uint8Array.from(opened.payload)).toEqual(payload);
        expect(opened.keyId).toBe(signer.keyId);
        expect(isSignedBy(opened, publicKey)).toBe(true);
      }),
    );
  });

  it('does not verify with another key', () => {
    const opened = openEnvelope(sealEnvelope(Buffer.from('{}'), signer), 'envelope');
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(isSignedBy(opened, other)).toBe(false);
  });

  it('is refused, or does not verify, or names another key, once any single byte is another', () => {
    const bytes = sealEnvelope(Buffer.from('{"verdict":"pass"}'), signer);
    const accepted: string[] = [];
    for (const [offset, byte] of bytes.entries()) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const changed = Uint8Array.from(bytes);
        changed[offset] = byte ^ flip;
        if (isAccepted(changed)) accepted.push(`byte ${offset} ^ ${flip}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it.each([
    ['a second signature', (text: string) => text.replace('}]', '},{"keyid":"","sig":""}]')],
    ['another member', (text: string) => text.replace('{', '{"note":"x",')],
    ['a line end', (text: string) => `${text}\n`],
  ])('refuses %s', (_what, change) => {
    const text = Buffer.from(sealEnvelope(Buffer.from('{}'), signer)).toString('utf8');
    expect(isAccepted(Buffer.from(change(text), 'utf8'))).toBe(false);
  });
});

function isAccepted(bytes: Uint8Array): boolean {
  try {
    const opened = openEnvelope(bytes, 'envelope');
    return opened.keyId === signer.keyId && isSignedBy(opened, publicKey);
  } catch {
    return false;
  }
}
