/** Bytes kept free for the signature: it needs about 1.2 kB, more with a long lab name. */
export const signatureByteCountMax = 4096;

/** Hex digits between `<` and `>`. */
export const signatureHexDigitCount = signatureByteCountMax * 2;

/** A range that covers the file but for the gap, in a form of constant width. */
export function byteRangeText(range: {
  readonly gapStart: number;
  readonly gapEnd: number;
  readonly fileEnd: number;
}): string {
  const numbers = [range.gapStart, range.gapEnd, range.fileEnd - range.gapEnd];
  return `[0 ${numbers.map((value) => String(value).padStart(10, '0')).join(' ')}]`;
}

/** The signature as it stands in the gap: upper-case hex, zeros to the end. */
export function gapText(cms: Uint8Array): string {
  const hex = Buffer.from(cms).toString('hex').toUpperCase();
  return `<${hex.padEnd(signatureHexDigitCount, '0')}>`;
}

/** A text string: ASCII as it is, anything else in UTF-16BE, which every reader shows right. */
export function pdfTextString(text: string): string {
  if (/^[ -'*-[\]-~]*$/.test(text)) return `(${text})`;
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  return `<${utf16.toString('hex').toUpperCase()}>`;
}
