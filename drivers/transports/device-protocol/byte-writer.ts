const textEncoder = new TextEncoder();
const stringBytesMax = 255;
const logBytesMax = 65_535;

/** The longest part of the text that has at most `byteCountMax` bytes of UTF-8, no character cut. */
function boundedText(text: string, byteCountMax: number): Uint8Array {
  const bytes = textEncoder.encode(text);
  if (bytes.length <= byteCountMax) return bytes;
  let end = byteCountMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

/** Builds little-endian fields one after the other. Numbers that do not fit their field are a RangeError. */
export class ByteWriter {
  #bytes: Buffer<ArrayBuffer>;
  #length: number;

  /**
   * @param startOffset - bytes left free, zero, before the first field
   * @param capacityBytes - a guess; it grows
   */
  constructor(startOffset: number, capacityBytes: number) {
    this.#bytes = Buffer.alloc(Math.max(startOffset + capacityBytes, 32));
    this.#length = startOffset;
  }

  u8(value: number): this {
    const start = this.#room(1);
    this.#bytes.writeUInt8(value, start);
    return this;
  }

  u16(value: number): this {
    const start = this.#room(2);
    this.#bytes.writeUInt16LE(value, start);
    return this;
  }

  u32(value: number): this {
    const start = this.#room(4);
    this.#bytes.writeUInt32LE(value, start);
    return this;
  }

  u64(value: bigint): this {
    const start = this.#room(8);
    this.#bytes.writeBigUInt64LE(value, start);
    return this;
  }

  f32s(values: Float32Array): this {
    const start = this.#room(values.length * 4);
    for (const [index, value] of values.entries()) {
      this.#bytes.writeFloatLE(value, start + index * 4);
    }
    return this;
  }

  f64(value: number): this {
    const start = this.#room(8);
    this.#bytes.writeDoubleLE(value, start);
    return this;
  }

  bytes(value: Uint8Array): this {
    const start = this.#room(value.length);
    this.#bytes.set(value, start);
    return this;
  }

  /** u8 length and UTF-8; a longer text is cut after a whole character. */
  string(text: string): this {
    const bytes = boundedText(text, stringBytesMax);
    return this.u8(bytes.length).bytes(bytes);
  }

  /** The same with a u16 length. */
  longString(text: string): this {
    const bytes = boundedText(text, logBytesMax);
    return this.u16(bytes.length).bytes(bytes);
  }

  /** What was written, the free bytes in front included; the writer is not used after that. */
  finish(): Buffer<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Claims the next bytes; called before the buffer is touched, since it may change it. */
  #room(byteCount: number): number {
    const start = this.#length;
    this.#length += byteCount;
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    return start;
  }
}
