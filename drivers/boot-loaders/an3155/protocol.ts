/** The bytes of the UART boot loader protocol of ST's application note AN3155. */

export const sync = 0x7f;
export const ack = 0x79;
export const nack = 0x1f;

/** Commands by number. */
export const command = {
  get: 0x00,
  getId: 0x02,
  read: 0x11,
  go: 0x21,
  write: 0x31,
  erase: 0x43,
  extendedErase: 0x44,
} as const;

/** Bytes that one read or write carries. */
export const blockBytesMax = 256;

function xorOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0);
}

/** Bytes with their checksum behind them: all of them, exclusive-or. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, xorOf(bytes)]);
}

/** A command and its complement. */
export function commandBytes(code: number): Uint8Array {
  return Uint8Array.of(code, code ^ 0xff);
}

/** An address, most significant byte first, with its checksum. */
export function addressBytes(address: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, address);
  return withChecksum(bytes);
}

/** How many bytes are to be read, less one, and its complement. */
export function readLengthBytes(byteCount: number): Uint8Array {
  return commandBytes(byteCount - 1);
}

/** A block to be written: its length less one, its bytes, the checksum over both. */
export function writeBlockBytes(data: Uint8Array): Uint8Array {
  return withChecksum(Uint8Array.from([data.length - 1, ...data]));
}

/** Erases everything, by `extendedErase`. */
export const eraseAllExtended: Uint8Array = Uint8Array.of(0xff, 0xff, 0x00);

/** Erases everything, by `erase`. */
export const eraseAll: Uint8Array = Uint8Array.of(0xff, 0x00);
