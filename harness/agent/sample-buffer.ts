import { crc32 } from 'node:zlib';

import { DeviceRefusal } from './device-refusal.ts';

/** The sample as it arrives in parts. */
export class SampleBuffer {
  #bytes = new Uint8Array();
  #heldBytes = 0;

  /** The sample, when all of it is there; valid until the next `write`. */
  get whole(): Uint8Array | undefined {
    const isWhole = this.#bytes.length > 0 && this.#heldBytes === this.#bytes.length;
    return isWhole ? this.#bytes : undefined;
  }

  /**
   * Takes a part when it is the next one; a part at offset 0 starts anew.
   *
   * @param sampleBytes - of the whole sample, 1 or more
   * @throws DeviceRefusal bad-payload for a part past the end
   */
  write(sampleBytes: number, offset: number, part: Uint8Array): void {
    if (offset + part.length > sampleBytes) {
      throw new DeviceRefusal('bad-payload', `a part ends past the ${sampleBytes} bytes announced`);
    }
    if (offset === 0) {
      if (this.#bytes.length !== sampleBytes) this.#bytes = new Uint8Array(sampleBytes);
      this.#heldBytes = 0;
    }
    if (offset !== this.#heldBytes || this.#bytes.length !== sampleBytes) return;
    this.#bytes.set(part, offset);
    this.#heldBytes += part.length;
  }

  /** What the reply says: the next byte wanted, and the check sum of the whole. */
  progress(): { readonly nextOffset: number; readonly sampleCrc32: number } {
    const { whole } = this;
    return {
      nextOffset: this.#heldBytes,
      sampleCrc32: whole === undefined ? 0 : crc32(whole),
    };
  }

  clear(): void {
    this.#bytes = new Uint8Array();
    this.#heldBytes = 0;
  }
}
