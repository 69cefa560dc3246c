/** DER tags that certificates and signatures use. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context-specific constructed tag `[number]`. */
export function contextTag(number: number): number {
  return 0xa0 + number;
}

function lengthBytes(byteCount: number): readonly number[] {
  if (byteCount < 0x80) return [byteCount];
  const digits: number[] = [];
  for (let rest = byteCount; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 + digits.length, ...digits];
}

/** One element: tag, length, and its parts one after the other (X.690). */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

/** A positive INTEGER from its big-endian bytes; a zero byte keeps the sign. */
export function derInteger(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const bytes = magnitude.subarray(start);
  const isNegativeLooking = (bytes[0] ?? 0) >= 0x80;
  return der(derTag.integer, Buffer.from(isNegativeLooking ? [0] : []), bytes);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function derObjectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second].concat(rest.flatMap(base128));
  return der(derTag.objectId, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) + 128);
  }
  return digits;
}

/** SEQUENCE of the parts. */
export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return der(derTag.sequence, ...parts);
}

/** SET OF: DER orders the members by their bytes. */
export function derSetOf(...members: readonly Uint8Array[]): Buffer {
  return der(derTag.set, ...members.toSorted((left, right) => Buffer.compare(left, right)));
}
