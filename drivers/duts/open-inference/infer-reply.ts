import { labError } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { admitsShape, type InferencePlan } from './inference-plan.ts';
import { malformedAnswer } from './malformed-answer.ts';
import { rawValues, type NumericDatatype } from './tensor-data.ts';

/** The elements of an answered tensor. */
export type TensorContent =
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }
  | { readonly kind: 'values'; readonly values: ArrayLike<number> }
  | { readonly kind: 'missing' };

/** One output as it was answered, whatever the protocol. */
export interface AnsweredTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly content: TensorContent;
}

/** An answer to an inference, parsed and not yet checked against the model. */
export interface InferReply {
  /** Empty where the server left it out. */
  readonly modelName: string;
  readonly outputs: readonly AnsweredTensor[];
  /** Where the server gives its own time of the inference. */
  readonly deviceDurationNs?: number;
}

/** A tensor with more is refused before anything is allocated. */
const elementCountMax = 64 * 1024 * 1024;

function elementCountOf(shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, 1);
  const isUsable = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isUsable || count > elementCountMax) {
    throw malformedAnswer(`its output has the shape [${shape.join(', ')}]`);
  }
  return count;
}

function contentValues(
  tensor: AnsweredTensor,
  datatype: NumericDatatype,
  elementCount: number,
): Float32Array {
  const { content, name } = tensor;
  if (content.kind === 'raw') return rawValues(content.bytes, datatype, elementCount);
  if (content.kind === 'missing') throw malformedAnswer(`its output ${name} has no data`);
  if (content.values.length !== elementCount) {
    throw malformedAnswer(`${content.values.length} elements where its shape has ${elementCount}`);
  }
  return Float32Array.from(content.values);
}

function wrong(plan: InferencePlan, expected: string, found: string): LabError {
  const { modelName } = plan;
  return labError(
    'network/wrong-shape',
    `the model ${modelName} answered something else: expected ${expected}, found ${found}`,
    { details: { model: modelName, expected, found } },
  );
}

function requireFinite(plan: InferencePlan, values: Float32Array): void {
  for (let at = 0; at < values.length; at += 1) {
    if (!Number.isFinite(values[at])) {
      throw labError(
        'network/not-finite',
        `the model ${plan.modelName} answered ${values[at]} as value ${at} of ${plan.outputName}`,
        { details: { model: plan.modelName, output: plan.outputName, at } },
      );
    }
  }
}

function outputOf(plan: InferencePlan, reply: InferReply): AnsweredTensor {
  if (reply.modelName !== '' && reply.modelName !== plan.modelName) {
    throw malformedAnswer(`the model ${reply.modelName} answered for ${plan.modelName}`);
  }
  const output = reply.outputs.find(({ name }) => name === plan.outputName);
  if (output !== undefined) return output;
  const names = reply.outputs.map(({ name }) => name).join(', ');
  throw malformedAnswer(
    `it has no output ${plan.outputName}, but ${names === '' ? 'none' : names}`,
  );
}

/**
 * The outputs of an answer, one per sample, each an array of its own.
 *
 * @throws LabError network/wrong-shape when shape or datatype are not those of the plan; network/not-finite;
 * network/malformed-answer when the output is not there or its data does not fill its shape
 */
export function replyOutputs(
  plan: InferencePlan,
  reply: InferReply,
  sampleCount: number,
): readonly Float32Array[] {
  assert(sampleCount === 1 || plan.batch === 'variable', 'only a variable batch has many samples');
  const output = outputOf(plan, reply);
  const { outputDatatype, outputShape, outputLength } = plan;
  if (output.datatype !== outputDatatype) throw wrong(plan, outputDatatype, output.datatype);
  const elementCount = elementCountOf(output.shape);
  const hasBatch = sampleCount === 1 || output.shape[0] === sampleCount;
  if (
    elementCount !== sampleCount * outputLength ||
    !hasBatch ||
    !admitsShape(outputShape, output.shape)
  ) {
    const expected = `${sampleCount} × ${outputLength} values in [${outputShape.join(', ')}]`;
    throw wrong(plan, expected, `[${output.shape.join(', ')}]`);
  }
  const values = contentValues(output, outputDatatype, elementCount);
  requireFinite(plan, values);
  return Array.from({ length: sampleCount }, (_, at) =>
    values.slice(at * outputLength, (at + 1) * outputLength),
  );
}
