import type { FileHandle } from 'node:fs/promises';

import { DeviceRefusal } from './device-refusal.ts';

/** A model as it arrives, in a file that outlives a broken connection. */
export class ModelUpload implements AsyncDisposable {
  readonly fileBytes: number;
  readonly #file: FileHandle;
  #nextOffset: number;

  /** @param heldBytes - what the file has from an earlier, interrupted upload */
  constructor(file: FileHandle, fileBytes: number, heldBytes: number) {
    this.#file = file;
    this.fileBytes = fileBytes;
    this.#nextOffset = heldBytes;
  }

  /** Percent of the file that is there. */
  get percent(): number {
    return Math.floor((100 * this.#nextOffset) / this.fileBytes);
  }

  get isComplete(): boolean {
    return this.#nextOffset === this.fileBytes;
  }

  /**
   * Takes the part when it is the next one, or starts anew when it is the first.
   *
   * @returns the offset of the next byte wanted
   * @throws DeviceRefusal bad-payload past the end of the file, too-large when the disk is full
   */
  async write(offset: number, bytes: Uint8Array): Promise<number> {
    if (offset === 0 && this.#nextOffset !== 0) {
      await this.#file.truncate(0);
      this.#nextOffset = 0;
    }
    if (offset !== this.#nextOffset) return this.#nextOffset;
    if (bytes.length > this.fileBytes - offset) {
      throw new DeviceRefusal(
        'bad-payload',
        `the model was announced with ${this.fileBytes} bytes`,
      );
    }
    await this.#writeAll(offset, bytes);
    this.#nextOffset += bytes.length;
    return this.#nextOffset;
  }

  /** Everything is on the disk after this. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes the file; what has arrived stays for a later upload. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #writeAll(offset: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    try {
      while (done < bytes.length) {
        const rest = bytes.length - done;
        const { bytesWritten } = await this.#file.write(bytes, done, rest, offset + done);
        done += bytesWritten;
      }
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new DeviceRefusal('too-large', `the model cannot be stored: ${words}`, cause);
    }
  }
}
