const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 8;
  for (let bit = 0; bit < 8; bit += 1)
    rest = (rest & 0x8000) === 0 ? rest << 1 : (rest << 1) ^ 0x1021;
  return rest;
});

/**
 * CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, not reflected, nothing added at the end; 29B1 for `123456789`.
 *
 * @param end - index after the last byte that counts
 */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let rest = 0xffff;
  for (let index = start; index < end; index += 1) {
    const entry = table[((rest >> 8) ^ (bytes[index] ?? 0)) & 0xff] ?? 0;
    rest = ((rest << 8) ^ entry) & 0xffff;
  }
  return rest;
}
