import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { crc16 } from './crc16.ts';
import { decodeError, deviceErrorCode, encodeErrorFrame } from './device-errors.ts';
import { frameReader } from './frame-reader.ts';
import type { Frame } from './frame.ts';
import { decodePush, encodePushFrame, type DevicePush } from './pushes.ts';
import { decodeReply, encodeReplyFrame, type DeviceReplies } from './replies.ts';
import {
  decodeRequest,
  encodeRequestFrame,
  requestTypes,
  type DeviceRequest,
  type RequestKind,
} from './requests.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The one frame that these bytes are. */
function frameOf(bytes: Uint8Array): Frame {
  const frames: Frame[] = [];
  const reader = frameReader(
    { payloadBytesMax: 1 << 20 },
    (frame) => frames.push(frame),
    () => undefined,
  );
  reader.push(bytes);
  const [frame] = frames;
  if (frame === undefined || frames.length !== 1) throw new Error(`${frames.length} frames`);
  return frame;
}

/** Section 8 of the protocol sheet, made by Python. */
const golden = {
  hello: hex('41440101010000000800000028090000 01000100000001 00 bfdfb5e4'),
  helloReply: hex(`41440181010000002d000000913d0000 0100 00100000 40420f0000000000 20 00001000
    00200000 0300 07000000 0541737361 79 03312e30 024131 026330 b57763e3`),
  inferReply: hex(`414401a102000000200000009e6b0000 e803000000000000 ac0d000000000000
    01000000 02000000 0000803e 0000c0bf ecbd9594`),
  booted: hex('41440140000000000400000033b50000 07000000 5d05e0ae'),
  error: hex('414401ff030000000e00000009c60000 0c00 21 0a6c6f6164206669727374 f9ac0078'),
};

const hello: DeviceReplies['hello'] = {
  version: 1,
  payloadBytesMax: 4096,
  ticksPerSecond: 1_000_000n,
  tickBits: 32,
  modelBytesMax: 1_048_576,
  sampleBytesMax: 8192,
  takesModels: true,
  hasTelemetry: true,
  needsToken: false,
  bootCount: 7,
  vendor: 'Assay',
  firmware: '1.0',
  serialNumber: 'A1',
  chipId: 'c0',
};

describe('the golden bytes of the protocol sheet', () => {
  it('are what the encoders make', () => {
    const request = { lowestVersion: 1, highestVersion: 1, payloadBytesMax: 65_536 };
    expect(text(encodeRequestFrame(1, { kind: 'hello', ...request }))).toBe(text(golden.hello));
    expect(text(encodeReplyFrame(1, 'hello', hello))).toBe(text(golden.helloReply));
    const inferred = {
      startTicks: 1000n,
      endTicks: 3500n,
      inferenceCount: 1,
      output: Float32Array.of(0.25, -1.5),
    };
    expect(text(encodeReplyFrame(2, 'infer', inferred))).toBe(text(golden.inferReply));
    expect(text(encodePushFrame({ kind: 'booted', bootCount: 7 }))).toBe(text(golden.booted));
    const error = { name: 'no-sample', requestType: 33, words: 'load first' } as const;
    expect(text(encodeErrorFrame(3, error))).toBe(text(golden.error));
  });

  it('are what the decoders read', () => {
    expect(decodeReply('hello', frameOf(golden.helloReply).payload)).toEqual(hello);
    expect(decodeReply('infer', frameOf(golden.inferReply).payload)?.output).toEqual(
      Float32Array.of(0.25, -1.5),
    );
    expect(frameOf(golden.inferReply)).toMatchObject({ type: 161, sequence: 2 });
    expect(decodePush(64, frameOf(golden.booted).payload)).toEqual({
      kind: 'booted',
      bootCount: 7,
    });
    expect(decodeError(frameOf(golden.error).payload)).toEqual({
      name: 'no-sample',
      code: 12,
      requestType: 33,
      words: 'load first',
    });
  });

  it('have the CRC-16 with the check value 29B1', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x29b1);
  });
});

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ maxLength: 300 });
const short = fc.string({ maxLength: 40 });
const sha256 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(text);
const u16 = fc.integer({ min: 0, max: 0xffff });

const requests: fc.Arbitrary<DeviceRequest> = fc.oneof(
  fc.record({
    kind: fc.constant('hello' as const),
    lowestVersion: u16,
    highestVersion: u16,
    payloadBytesMax: u32,
  }),
  fc.record({ kind: fc.constant('auth' as const), token: bytes }),
  fc.record({ kind: fc.constantFrom('status', 'model-end', 'release', 'reset') }),
  fc.record({ kind: fc.constant('clock' as const), cookie: u64 }),
  fc.record({
    kind: fc.constant('model-begin' as const),
    sha256,
    fileBytes: count,
    name: short,
    element: fc.constantFrom('int8', 'uint8'),
    shape: fc.array(u32, { minLength: 1, maxLength: 8 }),
    outputCount: u32,
  }),
  fc.record({ kind: fc.constant('model-data' as const), offset: count, bytes }),
  fc.record({ kind: fc.constant('load' as const), sampleBytes: u32, offset: u32, bytes }),
  fc.record({
    kind: fc.constant('infer' as const),
    inferenceCount: fc.integer({ min: 1, max: 0xffff_ffff }),
  }),
  fc.record({ kind: fc.constant('subscribe' as const), periodMs: u32 }),
);

/** With bytes as text, so that a view and an array of the same bytes are equal. */
const plain = (message: object | string): unknown =>
  typeof message === 'string'
    ? message
    : Object.fromEntries(
        Object.entries(message).map(([key, value]: [string, unknown]) => [
          key,
          value instanceof Uint8Array ? text(value) : value,
        ]),
      );

describe('messages', () => {
  it('come back as they were sent: requests', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 0xffff_ffff }), (request, sequence) => {
        const frame = frameOf(encodeRequestFrame(sequence, request));
        expect(frame.sequence).toBe(sequence);
        expect(plain(decodeRequest(frame.type, frame.payload))).toEqual(plain(request));
      }),
    );
  });

  it('come back as they were sent: pushes', () => {
    const pushes: fc.Arbitrary<DevicePush> = fc.oneof(
      fc.record({ kind: fc.constant('alive' as const), progress: u32 }),
      fc.record({
        kind: fc.constant('telemetry' as const),
        ticks: u64,
        values: fc.array(fc.record({ id: u16, value: fc.double({ noNaN: true }) })),
      }),
      fc.record({
        kind: fc.constant('log' as const),
        level: fc.constantFrom('debug', 'info', 'warn', 'error'),
        text: fc.string({ maxLength: 400, unit: 'grapheme' }),
      }),
    );
    fc.assert(
      fc.property(pushes, (push) => {
        const frame = frameOf(encodePushFrame(push));
        expect(frame.sequence).toBe(0);
        expect(decodePush(frame.type, frame.payload)).toEqual(push);
      }),
    );
  });

  it('come back as they were sent: channels, state, parts', () => {
    const channels = [
      { id: 1, unit: 'watts', name: 'package' },
      { id: 65_535, unit: 'rpm', name: '' },
    ] as const;
    const back = <Kind extends RequestKind>(kind: Kind, reply: DeviceReplies[Kind]): unknown =>
      decodeReply(kind, frameOf(encodeReplyFrame(9, kind, reply)).payload);
    const status = {
      state: 'receiving',
      modelSha256: 'ab'.repeat(32),
      sampleBytes: 490,
      outputCount: 12,
      ticksNow: (1n << 64n) - 1n,
      bootCount: 3,
    } as const;
    expect(back('subscribe', { channels })).toEqual({ channels });
    expect(back('status', status)).toEqual(status);
    expect(back('load', { nextOffset: 490, sampleCrc32: 0xdead_beef })).toEqual({
      nextOffset: 490,
      sampleCrc32: 0xdead_beef,
    });
    expect(back('release', null)).toBeNull();
  });

  it('cut text that is too long after a whole character', () => {
    const words = 'é'.repeat(200);
    const frame = frameOf(encodeErrorFrame(1, { name: 'internal', requestType: 33, words }));
    expect(decodeError(frame.payload)?.words).toBe('é'.repeat(127));
  });

  it.each([
    ['a string longer than its payload', requestTypes.hello, '0100'],
    ['something behind the last field', requestTypes.status, '00'],
    ['no inference at all', requestTypes.infer, '00000000'],
    ['an element that is none', 16, `${'00'.repeat(40)}00 02 01 01000000 01000000`],
    ['a rank of 9', 16, `${'00'.repeat(40)}00 00 09 ${'01000000'.repeat(10)}`],
    ['a file of 2^63 bytes', 17, '0000000000000080'],
  ])('are refused with %s', (_, type, payload) => {
    expect(decodeRequest(type, hex(payload))).toBe('bad-payload');
  });

  it('of an unknown type are told apart', () => {
    expect(decodeRequest(99, new Uint8Array())).toBe('unknown-request');
    expect(decodePush(79, new Uint8Array())).toBeUndefined();
    expect(deviceErrorCode('internal')).toBe(16);
    expect(decodeError(hex('ff7f 01 00'))).toMatchObject({ name: 'unknown', code: 32_767 });
  });

  it('survive 10 000 payloads of chance', () => {
    const kinds = Object.keys(requestTypes).filter((kind): kind is RequestKind =>
      Object.hasOwn(requestTypes, kind),
    );
    const payloads = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 }));
    const decodeAll = ([type, payload]: [number, Uint8Array]): void => {
      decodeRequest(type, payload);
      decodePush(type, payload);
      decodeError(payload);
      for (const kind of kinds) decodeReply(kind, payload);
    };
    expect(() => fc.assert(fc.property(payloads, decodeAll), { numRuns: 10_000 })).not.toThrow();
  });
});
