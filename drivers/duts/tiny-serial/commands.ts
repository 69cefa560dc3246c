import { assert } from '#harness/kernel/assert.ts';

/** Characters of a command that the boards keep; longer ones are silently cut (sheet 1.1). */
const commandCharsMax = 80;
/** Bytes that fit into one `db` command: 80 characters less `db `, two digits a byte. */
export const chunkBytesMax = 38;

const percent = 0x25;
const hexDigits = new TextEncoder().encode('0123456789abcdef');
const chunkStart = new TextEncoder().encode('db ');

/**
 * A command as it goes over the wire: ASCII, ended by one `%`, no line end.
 *
 * @param text - printable ASCII without `%`, at most 80 characters; empty only to flush a half-received command
 */
export function encodeCommand(text: string): Uint8Array {
  assert(text.length <= commandCharsMax, 'a command fits the buffer of the board');
  assert(/^[ -$&-~]*$/.test(text), 'a command is printable ASCII without its terminator');
  return new TextEncoder().encode(`${text}%`);
}

/** Sends a number of bytes next. */
export function loadCommand(byteCount: number): Uint8Array {
  return encodeCommand(`db load ${byteCount}`);
}

/** Runs the loaded sample; the warm-up count is always sent, since its default is not what help says (sheet 1.2). */
export function inferCommand(inferenceCount: number): Uint8Array {
  return encodeCommand(`infer ${inferenceCount} 0`);
}

/**
 * The sample as `db HH…` commands, in order; views of one buffer.
 *
 * @param chunkBytes - 1 to 38 bytes of the sample per command
 */
export function chunkCommands(sample: Uint8Array, chunkBytes: number): readonly Uint8Array[] {
  assert(chunkBytes >= 1 && chunkBytes <= chunkBytesMax, 'a chunk fits a command');
  const chunkCount = Math.ceil(sample.length / chunkBytes);
  const wire = new Uint8Array(sample.length * 2 + chunkCount * (chunkStart.length + 1));
  const commands: Uint8Array[] = [];
  let at = 0;
  for (let first = 0; first < sample.length; first += chunkBytes) {
    const start = at;
    wire.set(chunkStart, at);
    at += chunkStart.length;
    for (const byte of sample.subarray(first, first + chunkBytes)) {
      wire[at] = hexDigits[byte >> 4] ?? 0;
      wire[at + 1] = hexDigits[byte & 15] ?? 0;
      at += 2;
    }
    wire[at] = percent;
    at += 1;
    commands.push(wire.subarray(start, at));
  }
  return commands;
}
