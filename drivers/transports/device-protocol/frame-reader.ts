import { crc32 } from 'node:zlib';

import { crc16 } from './crc16.ts';
import {
  crc16Offset,
  framingVersion,
  headerBytes,
  magicFirst,
  magicSecond,
  trailerBytes,
  type Frame,
} from './frame.ts';

/** What a receiver takes. */
export interface FrameLimits {
  /** Bytes of a payload; a header that announces more is passed over. */
  readonly payloadBytesMax: number;
}

/** Bytes that were no frame. */
export type FrameDamage =
  /** Bytes passed over while looking for a header. */
  | { readonly kind: 'noise'; readonly byteCount: number }
  /** A whole frame whose CRC-32 is wrong; a device answers `damaged-frame` with this sequence. */
  | { readonly kind: 'damaged'; readonly type: number; readonly sequence: number };

/** Finds the frames in a stream of bytes, however they are cut into chunks. */
export interface FrameReader {
  /**
   * Takes the next bytes and calls back for each frame and each damage in them, in order. The chunk must not change
   * afterwards: payloads may be views of it. Listeners must not call `push`.
   */
  readonly push: (chunk: Uint8Array) => void;
  /** Forgets a frame begun, as after a silence: the next byte starts a new one. */
  readonly reset: () => void;
  /** Changes what a payload may have, from the next header on. */
  readonly setLimits: (limits: FrameLimits) => void;
  /** Bytes held of a frame not yet whole. */
  readonly heldBytes: () => number;
}

type Header = { readonly type: number; readonly sequence: number; readonly totalBytes: number };

function headerAt(bytes: Buffer, start: number, payloadBytesMax: number): Header | undefined {
  const isRight =
    bytes[start] === magicFirst &&
    bytes[start + 1] === magicSecond &&
    bytes[start + 2] === framingVersion &&
    bytes.readUInt16LE(start + 14) === 0 &&
    bytes.readUInt16LE(start + crc16Offset) === crc16(bytes, start, start + crc16Offset);
  if (!isRight) return undefined;
  const payloadBytes = bytes.readUInt32LE(start + 8);
  if (payloadBytes > payloadBytesMax) return undefined;
  return {
    type: bytes.readUInt8(start + 3),
    sequence: bytes.readUInt32LE(start + 4),
    totalBytes: headerBytes + payloadBytes + trailerBytes,
  };
}

/** Index of the next byte that may begin a frame: a magic, or the first half of one at the very end. */
function nextMagic(bytes: Buffer, start: number): number {
  for (let index = bytes.indexOf(magicFirst, start); index >= 0;) {
    if (index + 1 === bytes.length || bytes[index + 1] === magicSecond) return index;
    index = bytes.indexOf(magicFirst, index + 1);
  }
  return bytes.length;
}

class StreamFrameReader implements FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #onDamage: (damage: FrameDamage) => void;
  #payloadBytesMax: number;
  /** Bytes of a frame begun, at the start of a buffer that may be longer. */
  #held = Buffer.alloc(0);
  #heldLength = 0;
  /** The header of the frame begun, once it was checked. */
  #header: Header | undefined;
  #noiseBytes = 0;

  constructor(
    limits: FrameLimits,
    onFrame: (frame: Frame) => void,
    onDamage: (damage: FrameDamage) => void,
  ) {
    this.#payloadBytesMax = limits.payloadBytesMax;
    this.#onFrame = onFrame;
    this.#onDamage = onDamage;
  }

  readonly push = (chunk: Uint8Array): void => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole = this.#heldLength === 0 ? bytes : this.#append(bytes);
    if (this.#header !== undefined && whole.length < this.#header.totalBytes) return;
    this.#heldLength = 0;
    const start = this.#readFrames(whole);
    this.#reportNoise();
    this.#hold(whole, start);
  };

  readonly reset = (): void => {
    this.#heldLength = 0;
    this.#held = Buffer.alloc(0);
    this.#header = undefined;
  };

  readonly setLimits = (limits: FrameLimits): void => {
    this.#payloadBytesMax = limits.payloadBytesMax;
  };

  readonly heldBytes = (): number => this.#heldLength;

  /** @returns the index of the first byte that is kept: a frame begun */
  #readFrames(bytes: Buffer): number {
    let start = 0;
    for (;;) {
      const magic = this.#header === undefined ? nextMagic(bytes, start) : start;
      this.#noiseBytes += magic - start;
      start = magic;
      if (bytes.length - start < headerBytes) return start;
      this.#header ??= headerAt(bytes, start, this.#payloadBytesMax);
      const header = this.#header;
      if (header === undefined) {
        this.#noiseBytes += 1;
        start += 1;
        continue;
      }
      if (bytes.length - start < header.totalBytes) return start;
      this.#header = undefined;
      this.#reportNoise();
      this.#deliver(header, bytes.subarray(start, start + header.totalBytes));
      start += header.totalBytes;
    }
  }

  #deliver({ type, sequence }: Header, bytes: Buffer): void {
    const trailerStart = bytes.length - trailerBytes;
    if (bytes.readUInt32LE(trailerStart) !== crc32(bytes.subarray(0, trailerStart))) {
      this.#onDamage({ kind: 'damaged', type, sequence });
      return;
    }
    this.#onFrame({ type, sequence, payload: bytes.subarray(headerBytes, trailerStart) });
  }

  #reportNoise(): void {
    if (this.#noiseBytes === 0) return;
    const byteCount = this.#noiseBytes;
    this.#noiseBytes = 0;
    this.#onDamage({ kind: 'noise', byteCount });
  }

  /** Keeps the bytes from `start` on; a fresh buffer, since payloads given out are views of the old one. */
  #hold(bytes: Buffer, start: number): void {
    const length = bytes.length - start;
    if (length === 0) {
      this.#held = Buffer.alloc(0);
      this.#heldLength = 0;
      return;
    }
    this.#held = Buffer.allocUnsafeSlow(this.#header?.totalBytes ?? headerBytes);
    bytes.copy(this.#held, 0, start);
    this.#heldLength = length;
  }

  #append(bytes: Buffer): Buffer {
    const length = this.#heldLength + bytes.length;
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(length);
      this.#held.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldLength);
    this.#heldLength = length;
    return this.#held.subarray(0, length);
  }
}

/**
 * A frame reader: passes over what is no header, resynchronises at the next magic, drops frames whose CRC-32 is wrong.
 * Holds at most one frame and one chunk.
 */
export function frameReader(
  limits: FrameLimits,
  onFrame: (frame: Frame) => void,
  onDamage: (damage: FrameDamage) => void,
): FrameReader {
  return new StreamFrameReader(limits, onFrame, onDamage);
}
