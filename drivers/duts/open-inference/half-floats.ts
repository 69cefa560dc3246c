const scratch = new DataView(new ArrayBuffer(4));

function floatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

function bitsFloat(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

/** `bits` without its lowest `count` bits, rounded to nearest, ties to even. */
function shiftRounded(bits: number, count: number): number {
  const kept = bits >>> count;
  const rest = bits - kept * 2 ** count;
  const half = 2 ** (count - 1);
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}

/** FP16 (IEEE 754 binary16) as a number; exact. @param half - its 16 bits */
export function fp16Value(half: number): number {
  const sign = half >>> 15 === 1 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest FP16 of a float32 value, ties to even; too large ones become infinite. @returns its 16 bits */
export function fp16Bits(value: number): number {
  const bits = floatBits(value);
  const sign = (bits >>> 31) << 15;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | (fraction === 0 ? 0x7c00 : 0x7e00);
  const scaled = exponent - 127 + 15;
  if (scaled >= 0x1f) return sign | 0x7c00;
  if (scaled > 0) return sign | shiftRounded((scaled << 23) | fraction, 13);
  // Subnormal, or nothing at all: the hidden bit becomes part of the fraction.
  return scaled < -10 ? sign : sign | shiftRounded(fraction | 0x800000, 14 - scaled);
}

/** BF16, the upper half of a float32, as a number; exact. @param half - its 16 bits */
export function bf16Value(half: number): number {
  return bitsFloat(half * 0x10000);
}

/** The nearest BF16 of a float32 value, ties to even. @returns its 16 bits */
export function bf16Bits(value: number): number {
  return Number.isNaN(value) ? 0x7fc0 : shiftRounded(floatBits(value), 16);
}
