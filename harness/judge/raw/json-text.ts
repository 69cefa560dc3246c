import { unreadable } from './unreadable.ts';

/**
 * UTF-8 text of a raw file.
 *
 * @throws LabError evidence/unreadable when the bytes are no UTF-8
 */
export function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unreadable(file, 'is no UTF-8 text', error);
  }
}

/**
 * One JSON document.
 *
 * @param place - where in the file it stands, for the message: empty, or `line 3 `
 * @throws LabError evidence/unreadable when the text is no JSON
 */
export function parsedJson(text: string, file: string, place = ''): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw unreadable(file, `${place}is no JSON`, error);
  }
}
