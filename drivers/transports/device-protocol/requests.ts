import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { framePayload, sealFrame } from './frame.ts';

/** The element of a model's input. */
export type DeviceElement = 'int8' | 'uint8';

const elements: readonly DeviceElement[] = ['int8', 'uint8'];
const rankMax = 8;
const sha256Bytes = 32;

/** What a model is, told before its bytes. */
export interface ModelAnnouncement {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly fileBytes: number;
  readonly name: string;
  readonly element: DeviceElement;
  /** Without the batch; 1 to 8 dimensions. */
  readonly shape: readonly number[];
  /** Values of an answer. */
  readonly outputCount: number;
}

/** Section 3 of the protocol sheet, the host's side. */
export type DeviceRequest =
  | {
      readonly kind: 'hello';
      readonly lowestVersion: number;
      readonly highestVersion: number;
      /** Payload bytes that the host takes. */
      readonly payloadBytesMax: number;
    }
  | { readonly kind: 'auth'; readonly token: Uint8Array }
  | { readonly kind: 'status' }
  | { readonly kind: 'clock'; readonly cookie: bigint }
  | ({ readonly kind: 'model-begin' } & ModelAnnouncement)
  | { readonly kind: 'model-data'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'model-end' }
  | {
      readonly kind: 'load';
      readonly sampleBytes: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'infer'; readonly inferenceCount: number }
  | { readonly kind: 'subscribe'; readonly periodMs: number }
  | { readonly kind: 'release' }
  | { readonly kind: 'reset' };

/** Which request. */
export type RequestKind = DeviceRequest['kind'];

/** Number of each request on the wire; the reply's is `replyTypeOffset` more. */
export const requestTypes = {
  hello: 1,
  auth: 2,
  status: 3,
  clock: 4,
  'model-begin': 16,
  'model-data': 17,
  'model-end': 18,
  load: 32,
  infer: 33,
  subscribe: 48,
  release: 49,
  reset: 50,
} as const satisfies Record<RequestKind, number>;

/** Bytes of a LOAD payload besides those of the sample. */
export const loadOverheadBytes = 8;
/** Bytes of a MODEL-DATA payload besides those of the file. */
export const modelDataOverheadBytes = 8;

function writeModelBegin(writer: ByteWriter, request: RequestOf<'model-begin'>): void {
  const hash = Buffer.from(request.sha256, 'hex');
  if (hash.length !== sha256Bytes) throw new RangeError('a SHA-256 has 64 hexadecimal digits');
  if (request.shape.length < 1 || request.shape.length > rankMax) {
    throw new RangeError(`a shape has 1 to ${rankMax} dimensions, not ${request.shape.length}`);
  }
  writer.bytes(hash).u64(BigInt(request.fileBytes)).string(request.name);
  writer.u8(elements.indexOf(request.element)).u8(request.shape.length);
  for (const dimension of request.shape) writer.u32(dimension);
  writer.u32(request.outputCount);
}

function payloadCapacity(request: DeviceRequest): number {
  return request.kind === 'load' || request.kind === 'model-data'
    ? request.bytes.length + loadOverheadBytes
    : 96;
}

type RequestWriters = {
  readonly [Kind in RequestKind]: (writer: ByteWriter, request: RequestOf<Kind>) => unknown;
};

const noFields = (): undefined => undefined;

const writers: RequestWriters = {
  hello: (writer, { lowestVersion, highestVersion, payloadBytesMax }) =>
    writer.u16(lowestVersion).u16(highestVersion).u32(payloadBytesMax),
  auth: (writer, { token }) => writer.u16(token.length).bytes(token),
  status: noFields,
  clock: (writer, { cookie }) => writer.u64(cookie),
  'model-begin': writeModelBegin,
  'model-data': (writer, { offset, bytes }) => writer.u64(BigInt(offset)).bytes(bytes),
  'model-end': noFields,
  load: (writer, { sampleBytes, offset, bytes }) =>
    writer.u32(sampleBytes).u32(offset).bytes(bytes),
  infer: (writer, { inferenceCount }) => writer.u32(inferenceCount),
  subscribe: (writer, { periodMs }) => writer.u32(periodMs),
  release: noFields,
  reset: noFields,
};

/** A request of one kind; the kind says which fields it has. */
export type RequestOf<Kind extends RequestKind> = Extract<DeviceRequest, { kind: Kind }>;

/**
 * A request as the bytes of its frame.
 *
 * @param sequence - 1 to 2^32 - 1
 * @throws RangeError for a number that does not fit its field
 */
export function encodeRequestFrame<Kind extends RequestKind>(
  sequence: number,
  request: RequestOf<Kind> & { readonly kind: Kind },
): Uint8Array {
  const writer = framePayload(payloadCapacity(request));
  writers[request.kind](writer, request);
  return sealFrame(requestTypes[request.kind], sequence, writer);
}

function readModelBegin(reader: ByteReader): DeviceRequest {
  const sha256 = Buffer.from(reader.bytes(sha256Bytes)).toString('hex');
  const fileBytes = reader.u64Count();
  const name = reader.string();
  const element = elements[reader.u8()];
  const rank = reader.u8();
  if (element === undefined || rank < 1 || rank > rankMax) reader.fail();
  const shape = Array.from({ length: Math.min(rank, rankMax) }, () => reader.u32());
  const outputCount = reader.u32();
  const known = element ?? 'int8';
  return { kind: 'model-begin', sha256, fileBytes, name, element: known, shape, outputCount };
}

function readInfer(reader: ByteReader): DeviceRequest {
  const inferenceCount = reader.u32();
  if (inferenceCount === 0) reader.fail();
  return { kind: 'infer', inferenceCount };
}

const readers: ReadonlyMap<number, (reader: ByteReader) => DeviceRequest> = new Map([
  [
    requestTypes.hello,
    (reader: ByteReader): DeviceRequest => ({
      kind: 'hello',
      lowestVersion: reader.u16(),
      highestVersion: reader.u16(),
      payloadBytesMax: reader.u32(),
    }),
  ],
  [requestTypes.auth, (reader) => ({ kind: 'auth', token: reader.bytes(reader.u16()) })],
  [requestTypes.status, () => ({ kind: 'status' })],
  [requestTypes.clock, (reader) => ({ kind: 'clock', cookie: reader.u64() })],
  [requestTypes['model-begin'], readModelBegin],
  [
    requestTypes['model-data'],
    (reader) => ({ kind: 'model-data', offset: reader.u64Count(), bytes: reader.rest() }),
  ],
  [requestTypes['model-end'], () => ({ kind: 'model-end' })],
  [
    requestTypes.load,
    (reader) => ({
      kind: 'load',
      sampleBytes: reader.u32(),
      offset: reader.u32(),
      bytes: reader.rest(),
    }),
  ],
  [requestTypes.infer, readInfer],
  [requestTypes.subscribe, (reader) => ({ kind: 'subscribe', periodMs: reader.u32() })],
  [requestTypes.release, () => ({ kind: 'release' })],
  [requestTypes.reset, () => ({ kind: 'reset' })],
]);

/**
 * What a frame asks for; its byte fields are views of the payload.
 *
 * @returns the name of the error to answer with when it is no request of the sheet
 */
export function decodeRequest(
  type: number,
  payload: Uint8Array,
): DeviceRequest | 'unknown-request' | 'bad-payload' {
  const read = readers.get(type);
  if (read === undefined) return 'unknown-request';
  const reader = new ByteReader(payload);
  const request = read(reader);
  return reader.isWhole ? request : 'bad-payload';
}
