const textDecoder = new TextDecoder();

/**
 * Reads little-endian fields one after the other. Nothing throws: a field past the end reads as zero and makes
 * `isWhole` false, so a decoder reads all its fields and looks once.
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;
  #hasFailed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether every field was there and sound, and nothing is left. */
  get isWhole(): boolean {
    return !this.#hasFailed && this.#position === this.#bytes.length;
  }

  /** Bytes not yet read. */
  get restLength(): number {
    return this.#bytes.length - this.#position;
  }

  /** Declares the payload unsound: a value is out of range. Nothing is left then, so that loops over the rest end. */
  fail(): void {
    this.#hasFailed = true;
    this.#position = this.#bytes.length;
  }

  u8(): number {
    const start = this.#take(1);
    return start === undefined ? 0 : this.#bytes.readUInt8(start);
  }

  u16(): number {
    const start = this.#take(2);
    return start === undefined ? 0 : this.#bytes.readUInt16LE(start);
  }

  u32(): number {
    const start = this.#take(4);
    return start === undefined ? 0 : this.#bytes.readUInt32LE(start);
  }

  u64(): bigint {
    const start = this.#take(8);
    return start === undefined ? 0n : this.#bytes.readBigUInt64LE(start);
  }

  /** A u64 that counts bytes: unsound from 2^53 on. */
  u64Count(): number {
    const value = this.u64();
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    this.fail();
    return 0;
  }

  /** @returns the caller's own array; empty when they are not all there */
  f32s(count: number): Float32Array<ArrayBuffer> {
    const start = this.#take(count * 4);
    if (start === undefined) return new Float32Array();
    const values = new Float32Array(count);
    for (let index = 0; index < count; index += 1) {
      values[index] = this.#bytes.readFloatLE(start + index * 4);
    }
    return values;
  }

  f64(): number {
    const start = this.#take(8);
    return start === undefined ? 0 : this.#bytes.readDoubleLE(start);
  }

  /** @returns a view of the payload, not a copy; empty when they are not all there */
  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return start === undefined ? new Uint8Array() : this.#bytes.subarray(start, start + count);
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.bytes(this.restLength);
  }

  /** u8 length and UTF-8; what is no UTF-8 becomes U+FFFD. */
  string(): string {
    return textDecoder.decode(this.bytes(this.u8()));
  }

  /** The same with a u16 length. */
  longString(): string {
    return textDecoder.decode(this.bytes(this.u16()));
  }

  #take(count: number): number | undefined {
    if (this.#hasFailed || count > this.restLength) {
      this.fail();
      return undefined;
    }
    const start = this.#position;
    this.#position += count;
    return start;
  }
}
