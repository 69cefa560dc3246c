import { decodeReplyHead, jsonTensor, replyOf } from './http-json.ts';
import type { AnsweredTensor, InferReply } from './infer-reply.ts';
import { requestShape, type InferencePlan } from './inference-plan.ts';
import { malformedAnswer } from './malformed-answer.ts';
import { rawTensor } from './tensor-data.ts';

/** The header that says how many bytes of the body are the JSON object. */
export const jsonLengthHeader = 'inference-header-content-length';

/** The extension by which a server says that it takes raw tensors. */
export const binaryExtension = 'binary_tensor_data';

/** A body with raw tensors and the length of its JSON object. */
export interface BinaryBody {
  readonly body: Uint8Array;
  readonly jsonBytes: number;
}

/**
 * The body of a request with raw tensors: the JSON object, then the input's elements. The output is asked for raw.
 *
 * @param samples - each as many bytes as the input shape has elements
 */
export function encodeBinaryRequest(
  plan: InferencePlan,
  samples: readonly Uint8Array[],
): BinaryBody {
  const { inputName, inputDatatype, inputElement, outputName } = plan;
  const tensors = samples.map((sample) => rawTensor(sample, inputElement, inputDatatype));
  const tensorBytes = tensors.reduce((total, tensor) => total + tensor.length, 0);
  const head = {
    inputs: [
      {
        name: inputName,
        shape: requestShape(plan, samples.length),
        datatype: inputDatatype,
        parameters: { binary_data_size: tensorBytes },
      },
    ],
    outputs: [{ name: outputName, parameters: { binary_data: true } }],
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const body = new Uint8Array(json.length + tensorBytes);
  body.set(json, 0);
  let at = json.length;
  for (const tensor of tensors) {
    body.set(tensor, at);
    at += tensor.length;
  }
  return { body, jsonBytes: json.length };
}

function jsonLength(header: string, bodyBytes: number): number {
  const length = /^\d{1,10}$/.test(header.trim()) ? Number(header) : Number.NaN;
  if (!(length <= bodyBytes)) {
    throw malformedAnswer(
      `its header says ${header.slice(0, 20)} bytes of JSON, ${bodyBytes} came`,
    );
  }
  return length;
}

/**
 * An answer as it came over HTTP, with raw tensors or without.
 *
 * @param header - `Inference-Header-Content-Length`; undefined: the body is JSON only
 * @throws LabError network/malformed-answer, also when bytes are missing or left over
 */
export function decodeBinaryReply(body: Uint8Array, header: string | undefined): InferReply {
  const jsonBytes = header === undefined ? body.length : jsonLength(header, body.length);
  const head = decodeReplyHead(body.subarray(0, jsonBytes));
  let at = jsonBytes;
  const outputs = head.outputs.map((output): AnsweredTensor => {
    const size = output.parameters?.['binary_data_size'];
    if (size === undefined) return jsonTensor(output);
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw malformedAnswer('a size of raw data is no whole number');
    }
    if (at + size > body.length) {
      throw malformedAnswer(`${size} bytes of raw data announced, ${body.length - at} came`);
    }
    const bytes = body.subarray(at, at + size);
    at += size;
    const { name, datatype, shape } = output;
    return { name, datatype, shape, content: { kind: 'raw', bytes } };
  });
  if (at !== body.length) throw malformedAnswer(`${body.length - at} bytes are left over`);
  return replyOf(head, outputs);
}
