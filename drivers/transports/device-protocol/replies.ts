import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { framePayload, sealFrame } from './frame.ts';
import { requestTypes, type RequestKind } from './requests.ts';

/** What a reply's type is more than its request's. */
export const replyTypeOffset = 128;

/** What a device can, from the flags of HELLO. */
export interface DeviceAbilities {
  readonly takesModels: boolean;
  readonly hasTelemetry: boolean;
  readonly needsToken: boolean;
}

/** The reply to HELLO. */
export interface HelloReply extends DeviceAbilities {
  readonly version: number;
  /** Payload bytes that the device takes. */
  readonly payloadBytesMax: number;
  readonly ticksPerSecond: bigint;
  /** Bits of the tick counter, 16 to 64. */
  readonly tickBits: number;
  readonly modelBytesMax: number;
  readonly sampleBytesMax: number;
  readonly bootCount: number;
  readonly vendor: string;
  readonly firmware: string;
  readonly serialNumber: string;
  readonly chipId: string;
}

const modelStates = ['no-model', 'model', 'receiving'] as const;

/** The reply to STATUS. */
export interface StatusReply {
  readonly state: (typeof modelStates)[number];
  /** 64 hexadecimal digits; all 0 without a model. */
  readonly modelSha256: string;
  readonly sampleBytes: number;
  readonly outputCount: number;
  readonly ticksNow: bigint;
  readonly bootCount: number;
}

/** The reply to INFER. */
export interface InferReply {
  readonly startTicks: bigint;
  readonly endTicks: bigint;
  readonly inferenceCount: number;
  /** The last answer; the caller's own. */
  readonly output: Float32Array;
}

/** Units of telemetry, in the order of their numbers on the wire. */
const units = [
  'none',
  'watts',
  'volts',
  'amperes',
  'celsius',
  'hertz',
  'joules',
  'percent',
  'bytes',
  'rpm',
] as const;

/** A value that a device can report. */
export interface TelemetryChannel {
  readonly id: number;
  readonly unit: (typeof units)[number];
  readonly name: string;
}

/** A reply without fields. */
type Nothing = null;

/** Section 3 of the protocol sheet, the device's side. */
export interface DeviceReplies {
  readonly hello: HelloReply;
  readonly auth: Nothing;
  readonly status: StatusReply;
  readonly clock: {
    readonly cookie: bigint;
    readonly arrivedTicks: bigint;
    readonly handedOverTicks: bigint;
  };
  readonly 'model-begin': {
    /** The device holds this model already and uses it from now on. */
    readonly isHeld: boolean;
    /** Bytes that one MODEL-DATA may carry. */
    readonly partBytesMax: number;
  };
  readonly 'model-data': { readonly nextOffset: number };
  readonly 'model-end': Nothing;
  readonly load: {
    readonly nextOffset: number;
    /** Of the whole sample when it is complete, else 0. */
    readonly sampleCrc32: number;
  };
  readonly infer: InferReply;
  readonly subscribe: { readonly channels: readonly TelemetryChannel[] };
  readonly release: Nothing;
  readonly reset: Nothing;
}

const modelsFlag = 1;
const telemetryFlag = 2;
const tokenFlag = 4;
const tickBitsMin = 16;
const tickBitsMax = 64;
const sha256Bytes = 32;

function writeHello(writer: ByteWriter, reply: HelloReply): void {
  const flags =
    (reply.takesModels ? modelsFlag : 0) |
    (reply.hasTelemetry ? telemetryFlag : 0) |
    (reply.needsToken ? tokenFlag : 0);
  writer.u16(reply.version).u32(reply.payloadBytesMax).u64(reply.ticksPerSecond);
  writer.u8(reply.tickBits).u32(reply.modelBytesMax).u32(reply.sampleBytesMax);
  writer.u16(flags).u32(reply.bootCount).string(reply.vendor).string(reply.firmware);
  writer.string(reply.serialNumber).string(reply.chipId);
}

function readHello(reader: ByteReader): HelloReply {
  const start = {
    version: reader.u16(),
    payloadBytesMax: reader.u32(),
    ticksPerSecond: reader.u64(),
    tickBits: reader.u8(),
    modelBytesMax: reader.u32(),
    sampleBytesMax: reader.u32(),
  };
  const flags = reader.u16();
  if (start.ticksPerSecond === 0n) reader.fail();
  if (start.tickBits < tickBitsMin || start.tickBits > tickBitsMax) reader.fail();
  return {
    ...start,
    takesModels: (flags & modelsFlag) !== 0,
    hasTelemetry: (flags & telemetryFlag) !== 0,
    needsToken: (flags & tokenFlag) !== 0,
    bootCount: reader.u32(),
    vendor: reader.string(),
    firmware: reader.string(),
    serialNumber: reader.string(),
    chipId: reader.string(),
  };
}

function writeStatus(writer: ByteWriter, reply: StatusReply): void {
  const hash = Buffer.from(reply.modelSha256, 'hex');
  if (hash.length !== sha256Bytes) throw new RangeError('a SHA-256 has 64 hexadecimal digits');
  writer.u8(modelStates.indexOf(reply.state)).bytes(hash).u32(reply.sampleBytes);
  writer.u32(reply.outputCount).u64(reply.ticksNow).u32(reply.bootCount);
}

function readStatus(reader: ByteReader): StatusReply {
  const state = modelStates[reader.u8()];
  if (state === undefined) reader.fail();
  return {
    state: state ?? 'no-model',
    modelSha256: Buffer.from(reader.bytes(sha256Bytes)).toString('hex'),
    sampleBytes: reader.u32(),
    outputCount: reader.u32(),
    ticksNow: reader.u64(),
    bootCount: reader.u32(),
  };
}

function readInfer(reader: ByteReader): InferReply {
  const startTicks = reader.u64();
  const endTicks = reader.u64();
  const inferenceCount = reader.u32();
  return { startTicks, endTicks, inferenceCount, output: reader.f32s(reader.u32()) };
}

function writeChannels(writer: ByteWriter, channels: readonly TelemetryChannel[]): void {
  writer.u16(channels.length);
  for (const { id, unit, name } of channels) {
    writer.u16(id).u8(units.indexOf(unit)).string(name);
  }
}

/** A unit that the sheet does not have reads as `none`, so that a newer device is understood. */
function readChannels(reader: ByteReader): readonly TelemetryChannel[] {
  const channels: TelemetryChannel[] = [];
  const count = reader.u16();
  // Four bytes at least for each channel: a count that promises more than is there ends here.
  while (channels.length < count && reader.restLength >= 4) {
    channels.push({
      id: reader.u16(),
      unit: units[reader.u8()] ?? 'none',
      name: reader.string(),
    });
  }
  if (channels.length !== count) reader.fail();
  return channels;
}

const nothing = (): Nothing => null;

const writers: {
  readonly [Kind in RequestKind]: (writer: ByteWriter, reply: DeviceReplies[Kind]) => unknown;
} = {
  hello: writeHello,
  auth: nothing,
  status: writeStatus,
  clock: (writer, reply) =>
    writer.u64(reply.cookie).u64(reply.arrivedTicks).u64(reply.handedOverTicks),
  'model-begin': (writer, reply) => writer.u8(reply.isHeld ? 1 : 0).u32(reply.partBytesMax),
  'model-data': (writer, reply) => writer.u64(BigInt(reply.nextOffset)),
  'model-end': nothing,
  load: (writer, reply) => writer.u32(reply.nextOffset).u32(reply.sampleCrc32),
  infer: (writer, reply) =>
    writer
      .u64(reply.startTicks)
      .u64(reply.endTicks)
      .u32(reply.inferenceCount)
      .u32(reply.output.length)
      .f32s(reply.output),
  subscribe: (writer, reply) => writeChannels(writer, reply.channels),
  release: nothing,
  reset: nothing,
};

const readers: {
  readonly [Kind in RequestKind]: (reader: ByteReader) => DeviceReplies[Kind];
} = {
  hello: readHello,
  auth: nothing,
  status: readStatus,
  clock: (reader) => ({
    cookie: reader.u64(),
    arrivedTicks: reader.u64(),
    handedOverTicks: reader.u64(),
  }),
  'model-begin': (reader) => ({ isHeld: reader.u8() === 1, partBytesMax: reader.u32() }),
  'model-data': (reader) => ({ nextOffset: reader.u64Count() }),
  'model-end': nothing,
  load: (reader) => ({ nextOffset: reader.u32(), sampleCrc32: reader.u32() }),
  infer: readInfer,
  subscribe: (reader) => ({ channels: readChannels(reader) }),
  release: nothing,
  reset: nothing,
};

/** A reply as the bytes of its frame. */
export function encodeReplyFrame<Kind extends RequestKind>(
  sequence: number,
  kind: Kind,
  reply: DeviceReplies[Kind],
): Uint8Array {
  const writer = framePayload();
  writers[kind](writer, reply);
  return sealFrame(requestTypes[kind] + replyTypeOffset, sequence, writer);
}

/** @returns undefined when the payload is none of this reply */
export function decodeReply<Kind extends RequestKind>(
  kind: Kind,
  payload: Uint8Array,
): DeviceReplies[Kind] | undefined {
  const reader = new ByteReader(payload);
  const reply = readers[kind](reader);
  return reader.isWhole ? reply : undefined;
}
