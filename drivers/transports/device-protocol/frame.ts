import { crc32 } from 'node:zlib';

import { ByteWriter } from './byte-writer.ts';
import { crc16 } from './crc16.ts';

/** Bytes before the payload. */
export const headerBytes = 16;
/** Bytes after the payload. */
export const trailerBytes = 4;
/** What a payload may have before HELLO has said more. */
export const greetingPayloadBytesMax = 1024;

export const magicFirst = 0x41;
export const magicSecond = 0x44;
export const framingVersion = 1;
/** Bytes of the header that its CRC-16 covers. */
export const crc16Offset = 12;

/** One frame; what its payload means is told by its type. */
export interface Frame {
  /** 0 to 255. */
  readonly type: number;
  /** The host's number of the request; 0 in a push. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** A writer whose next field is the first of a payload; `sealFrame` makes the frame of it. */
export function framePayload(capacityBytes = 32): ByteWriter {
  return new ByteWriter(headerBytes, capacityBytes + trailerBytes);
}

/** The whole frame around the payload that was written into `framePayload()`. */
export function sealFrame(type: number, sequence: number, payload: ByteWriter): Uint8Array {
  const bytes = payload.u32(0).finish();
  const trailerStart = bytes.length - trailerBytes;
  bytes[0] = magicFirst;
  bytes[1] = magicSecond;
  bytes[2] = framingVersion;
  bytes.writeUInt8(type, 3);
  bytes.writeUInt32LE(sequence, 4);
  bytes.writeUInt32LE(trailerStart - headerBytes, 8);
  bytes.writeUInt16LE(crc16(bytes, 0, crc16Offset), crc16Offset);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, trailerStart)), trailerStart);
  return bytes;
}

/** The frame as bytes. */
export function encodeFrame({ type, sequence, payload }: Frame): Uint8Array {
  return sealFrame(type, sequence, framePayload(payload.length).bytes(payload));
}
