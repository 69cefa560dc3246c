import { assertDefined } from '#harness/kernel/assert.ts';

import { durationParameter, parameterDurationNs } from './device-duration.ts';
import type { AnsweredTensor, InferReply, TensorContent } from './infer-reply.ts';
import { requestShape, type InferencePlan } from './inference-plan.ts';
import { malformedAnswer } from './malformed-answer.ts';
import type { ModelMetadata, ServerMetadata, TensorMetadata } from './model-metadata.ts';
import {
  bytesField,
  joinParts,
  packedField,
  readMessage,
  readPackedVarints,
  readText,
  textField,
  type WireField,
} from './protobuf-wire.ts';
import { rawTensor } from './tensor-data.ts';

/** Of the service's methods, as gRPC paths. */
export const grpcPaths = {
  serverLive: '/inference.GRPCInferenceService/ServerLive',
  serverReady: '/inference.GRPCInferenceService/ServerReady',
  modelReady: '/inference.GRPCInferenceService/ModelReady',
  serverMetadata: '/inference.GRPCInferenceService/ServerMetadata',
  modelMetadata: '/inference.GRPCInferenceService/ModelMetadata',
  modelInfer: '/inference.GRPCInferenceService/ModelInfer',
} as const;

/** Which model; an empty version is the server's choice. */
export interface ModelReference {
  readonly name: string;
  readonly version: string;
}

/** ModelReadyRequest and ModelMetadataRequest. */
export function encodeModelReference({ name, version }: ModelReference): Uint8Array {
  return joinParts([textField(1, name), textField(2, version)]);
}

/** ModelInferRequest for one sample or a batch, its input raw. */
export function encodeInferRequest(
  plan: InferencePlan,
  model: ModelReference,
  samples: readonly Uint8Array[],
): Uint8Array {
  const { inputName, inputDatatype, inputElement, outputName } = plan;
  const input = joinParts([
    textField(1, inputName),
    textField(2, inputDatatype),
    packedField(3, requestShape(plan, samples.length)),
  ]);
  const tensors = samples.map((sample) => rawTensor(sample, inputElement, inputDatatype));
  return joinParts([
    textField(1, model.name),
    textField(2, model.version),
    bytesField(5, input),
    bytesField(6, textField(1, outputName)),
    bytesField(7, tensors.length === 1 ? assertDefined(tensors[0], 'one') : joinParts(tensors)),
  ]);
}

/** Every value of a field of bytes, texts or messages; of a single one the last counts, as proto3 has it. */
function bytesOf(fields: readonly WireField[], number: number): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const field of fields) {
    if (field.number !== number) continue;
    if (field.kind !== 'bytes') throw malformedAnswer(`field ${number} has another type`);
    found.push(field.bytes);
  }
  return found;
}

function textOf(fields: readonly WireField[], number: number): string {
  const last = bytesOf(fields, number).at(-1);
  return last === undefined ? '' : readText(last);
}

function integersOf(fields: readonly WireField[], number: number): readonly number[] {
  const values: number[] = [];
  for (const field of fields) {
    if (field.number !== number) continue;
    const found =
      field.kind === 'bytes'
        ? readPackedVarints(field.bytes)
        : [field.kind === 'varint' ? field.value : 0n];
    for (const value of found) values.push(Number(BigInt.asIntN(64, value)));
  }
  return values;
}

/** `live`, `ready`: the bool in field 1. @throws LabError network/malformed-answer */
export function decodeFlag(bytes: Uint8Array): boolean {
  const flags = readMessage(bytes).filter(({ number }) => number === 1);
  const last = flags.at(-1);
  return last?.kind === 'varint' && last.value !== 0n;
}

/** ServerMetadataResponse. @throws LabError network/malformed-answer */
export function decodeServerMetadata(bytes: Uint8Array): ServerMetadata {
  const fields = readMessage(bytes);
  return {
    name: textOf(fields, 1),
    version: textOf(fields, 2),
    extensions: bytesOf(fields, 3).map(readText),
  };
}

function tensorMetadata(bytes: Uint8Array): TensorMetadata {
  const fields = readMessage(bytes);
  const shape = [...integersOf(fields, 3)];
  return { name: textOf(fields, 1), datatype: textOf(fields, 2), shape };
}

/** ModelMetadataResponse. @throws LabError network/malformed-answer */
export function decodeModelMetadata(bytes: Uint8Array): ModelMetadata {
  const fields = readMessage(bytes);
  return {
    name: textOf(fields, 1),
    platform: textOf(fields, 3),
    inputs: bytesOf(fields, 4).map(tensorMetadata),
    outputs: bytesOf(fields, 5).map(tensorMetadata),
  };
}

/** How the lists of InferTensorContents lie on the wire, by field number. 8, of bytes, holds no numbers. */
const contentLists: Readonly<Record<number, 'signed' | 'unsigned' | 'fp32' | 'fp64'>> = {
  1: 'unsigned',
  2: 'signed',
  3: 'signed',
  4: 'unsigned',
  5: 'unsigned',
  6: 'fp32',
  7: 'fp64',
};

function readFloats(bytes: Uint8Array, size: 4 | 8): readonly number[] {
  if (bytes.length % size !== 0) throw malformedAnswer('a list of numbers breaks off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, at) =>
    size === 4 ? view.getFloat32(at * size, true) : view.getFloat64(at * size, true),
  );
}

function listValues(
  field: WireField,
  list: 'signed' | 'unsigned' | 'fp32' | 'fp64',
): readonly number[] {
  if (list === 'fp32' || list === 'fp64') {
    if (field.kind === 'varint') throw malformedAnswer('a list of floats holds whole numbers');
    return readFloats(field.bytes, list === 'fp32' ? 4 : 8);
  }
  if (field.kind === 'fixed32' || field.kind === 'fixed64') {
    throw malformedAnswer('a list of whole numbers holds floats');
  }
  const values = field.kind === 'varint' ? [field.value] : readPackedVarints(field.bytes);
  return values.map((value) => Number(list === 'signed' ? BigInt.asIntN(64, value) : value));
}

function contentsValues(bytes: Uint8Array): TensorContent {
  const values: number[] = [];
  for (const field of readMessage(bytes)) {
    const list = contentLists[field.number];
    if (list === undefined) throw malformedAnswer('an output holds no numbers');
    for (const value of listValues(field, list)) values.push(value);
  }
  return { kind: 'values', values };
}

function answeredTensor(bytes: Uint8Array, raw: Uint8Array | undefined): AnsweredTensor {
  const fields = readMessage(bytes);
  const contents = bytesOf(fields, 5).at(-1);
  const content: TensorContent =
    raw === undefined
      ? contents === undefined
        ? { kind: 'missing' }
        : contentsValues(contents)
      : { kind: 'raw', bytes: raw };
  return {
    name: textOf(fields, 1),
    datatype: textOf(fields, 2),
    shape: integersOf(fields, 3),
    content,
  };
}

/** The value of an InferParameter, whichever it has. */
function parameterValue(bytes: Uint8Array): unknown {
  const field = readMessage(bytes).at(-1);
  if (field === undefined) return undefined;
  if (field.kind === 'varint') {
    return Number(field.number === 2 ? BigInt.asIntN(64, field.value) : field.value);
  }
  if (field.kind === 'fixed64') return readFloats(field.bytes, 8)[0];
  return field.number === 3 ? readText(field.bytes) : undefined;
}

function durationOf(fields: readonly WireField[]): number | undefined {
  for (const entry of bytesOf(fields, 4)) {
    const pair = readMessage(entry);
    const value = bytesOf(pair, 2).at(-1);
    if (textOf(pair, 1) === durationParameter && value !== undefined) {
      return parameterDurationNs(parameterValue(value));
    }
  }
  return undefined;
}

/** ModelInferResponse; raw tensors are views. @throws LabError network/malformed-answer */
export function decodeInferReply(bytes: Uint8Array): InferReply {
  const fields = readMessage(bytes);
  const outputs = bytesOf(fields, 5);
  const raw = bytesOf(fields, 6);
  if (raw.length > 0 && raw.length !== outputs.length) {
    throw malformedAnswer(`${outputs.length} outputs and ${raw.length} raw tensors`);
  }
  const deviceDurationNs = durationOf(fields);
  return {
    modelName: textOf(fields, 1),
    outputs: outputs.map((output, at) => answeredTensor(output, raw[at])),
    ...(deviceDurationNs === undefined ? {} : { deviceDurationNs }),
  };
}
