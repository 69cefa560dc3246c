import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { assert } from '#harness/kernel/assert.ts';

import { durationParameter, parameterDurationNs } from './device-duration.ts';
import type { AnsweredTensor, InferReply } from './infer-reply.ts';
import { requestShape, type InferencePlan } from './inference-plan.ts';
import { malformedAnswer } from './malformed-answer.ts';
import { isBinaryOnly, sampleElements } from './tensor-data.ts';

const Parameters = Type.Optional(Type.Record(Type.String(), Type.Unknown()));

/** An answer's JSON object; `data` is left out where it follows as raw bytes. */
const ReplyHeadSchema = Type.Object({
  model_name: Type.Optional(Type.String()),
  parameters: Parameters,
  outputs: Type.Array(
    Type.Object({
      name: Type.String(),
      datatype: Type.String(),
      shape: Type.Array(Type.Integer()),
      parameters: Parameters,
      data: Type.Optional(Type.Unknown()),
    }),
  ),
});

/** An answer's JSON object. */
export type ReplyHead = Static<typeof ReplyHeadSchema>;

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Text in quotes, or one of the words that some servers write for what JSON has no number for. */
const notFinitePattern = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
/** Nested deeper than any shape. */
const nestingMax = 32;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // `NaN` and `Infinity` are no JSON: as null they end as network/not-finite where a number must be.
    const replaced = text.replaceAll(notFinitePattern, (found) =>
      found.startsWith('"') ? found : 'null',
    );
    try {
      return JSON.parse(replaced);
    } catch {
      throw malformedAnswer('it is no JSON', cause);
    }
  }
}

/**
 * A body as a value of the schema.
 *
 * @throws LabError network/malformed-answer
 */
export function decodeJson<Schema extends TSchema>(
  schema: Schema,
  bytes: Uint8Array,
): Static<Schema> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw malformedAnswer('it is no UTF-8 text', cause);
  }
  const value = parseJson(text);
  if (!Value.Check(schema, value)) {
    const [first] = Value.Errors(schema, value);
    throw malformedAnswer(`${first?.instancePath ?? ''} ${first?.message ?? 'has another form'}`);
  }
  return value;
}

/** The JSON object of an answer. @throws LabError network/malformed-answer */
export function decodeReplyHead(bytes: Uint8Array): ReplyHead {
  return decodeJson(ReplyHeadSchema, bytes);
}

function collect(data: unknown, into: number[], depth: number): void {
  if (Array.isArray(data)) {
    if (depth === nestingMax) throw malformedAnswer('its data is nested too deep');
    for (const item of data) collect(item, into, depth + 1);
  } else if (typeof data === 'number') into.push(data);
  else if (typeof data === 'boolean') into.push(data ? 1 : 0);
  else if (data === null) into.push(Number.NaN);
  else throw malformedAnswer(`its data holds a ${typeof data}`);
}

/** Nested or flat data, row-major, as one list. null, which stands for no number, becomes NaN. */
function flatNumbers(data: unknown): readonly number[] {
  const values: number[] = [];
  if (!Array.isArray(data)) throw malformedAnswer('its data is no array');
  collect(data, values, 0);
  return values;
}

/** An output whose elements stand in the JSON itself. */
export function jsonTensor(output: ReplyHead['outputs'][number]): AnsweredTensor {
  const { name, datatype, shape, data } = output;
  return {
    name,
    datatype,
    shape,
    content:
      data === undefined ? { kind: 'missing' } : { kind: 'values', values: flatNumbers(data) },
  };
}

/** An answer without raw tensors. */
export function replyOf(head: ReplyHead, outputs: readonly AnsweredTensor[]): InferReply {
  const deviceDurationNs = parameterDurationNs(head.parameters?.[durationParameter]);
  return {
    modelName: head.model_name ?? '',
    outputs,
    ...(deviceDurationNs === undefined ? {} : { deviceDurationNs }),
  };
}

/** An answer in JSON. @throws LabError network/malformed-answer */
export function decodeJsonReply(body: Uint8Array): InferReply {
  const head = decodeReplyHead(body);
  return replyOf(head, head.outputs.map(jsonTensor));
}

/**
 * The body of a request in JSON, for one sample or a batch.
 *
 * @param samples - each as many bytes as the input shape has elements
 */
export function encodeJsonRequest(plan: InferencePlan, samples: readonly Uint8Array[]): Uint8Array {
  const { inputName, inputDatatype, inputElement, outputName } = plan;
  assert(!isBinaryOnly(inputDatatype), `${inputDatatype} has no form in JSON`);
  const isBool = inputDatatype === 'BOOL';
  const data = samples.flatMap((sample): (number | boolean)[] => {
    const elements = [...sampleElements(sample, inputElement)];
    return isBool ? elements.map((element) => element !== 0) : elements;
  });
  const shape = requestShape(plan, samples.length);
  const inputs = [{ name: inputName, shape, datatype: inputDatatype, data }];
  return new TextEncoder().encode(JSON.stringify({ inputs, outputs: [{ name: outputName }] }));
}
