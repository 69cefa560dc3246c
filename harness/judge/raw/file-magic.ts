import { unreadable } from './unreadable.ts';

/** Bytes of the mark that every binary raw file begins with. */
export const magicByteCount = 8;

/** The mark as bytes. @param magic - eight ASCII characters */
export function magicBytes(magic: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(magic, (character) => character.charCodeAt(0));
}

/**
 * Checks that a file begins with its mark.
 *
 * @throws LabError evidence/unreadable when it does not
 */
export function checkMagic(bytes: Uint8Array, magic: string, file: string): void {
  const found = String.fromCharCode(...bytes.subarray(0, magicByteCount));
  if (found !== magic) {
    const [wanted, got] = [JSON.stringify(magic), JSON.stringify(found)];
    throw unreadable(file, `begins with ${got} instead of ${wanted}`);
  }
}
