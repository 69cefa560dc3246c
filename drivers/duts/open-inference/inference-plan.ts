import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ModelDeployment } from '#harness/contracts/inference.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import type { ModelMetadata, TensorMetadata } from './model-metadata.ts';
import {
  holdsEveryValue,
  isDatatype,
  isNumericDatatype,
  type Datatype,
  type NumericDatatype,
} from './tensor-data.ts';

/** How samples become requests and answers become outputs; made once, checked against the server's metadata. */
export interface InferencePlan {
  readonly modelName: string;
  readonly inputName: string;
  readonly inputDatatype: Datatype;
  readonly inputElement: ModelDeployment['inputElement'];
  /** Without the batch dimension. */
  readonly inputShape: readonly number[];
  /** `none`: the model has no batch dimension; `one`: it has one of size 1; `variable`: of any size. */
  readonly batch: 'none' | 'one' | 'variable';
  readonly outputName: string;
  readonly outputDatatype: NumericDatatype;
  /** As the server states it, with the batch dimension where there is one; −1: any size. */
  readonly outputShape: readonly number[];
  readonly outputLength: number;
}

/** What the lab says about the model's tensors. */
export interface PlanWishes {
  readonly inputName?: string;
  readonly outputName?: string;
  /** Sent instead of what the metadata states. */
  readonly inputDatatype?: Datatype;
  readonly batchSizeMax: number;
}

type Deployment = Pick<ModelDeployment, 'inputElement' | 'inputShape' | 'outputLength'>;

function mismatch(model: string, expected: string, found: string): LabError {
  const message = `the model ${model} on the server does not fit: expected ${expected}, found ${found}`;
  return labError('network/wrong-shape', message, { details: { model, expected, found } });
}

const describe = ({ name, datatype, shape }: TensorMetadata): string =>
  `${name} ${datatype} [${shape.join(', ')}]`;

const describeAll = (tensors: readonly TensorMetadata[]): string =>
  tensors.length === 0 ? 'none' : tensors.map(describe).join(', ');

/** The tensor of that name, or the only one. */
function choose(
  tensors: readonly TensorMetadata[],
  name: string | undefined,
  wanted: { readonly model: string; readonly role: 'input' | 'output' },
): TensorMetadata {
  const { model, role } = wanted;
  if (name === undefined) {
    const [only] = tensors;
    if (only !== undefined && tensors.length === 1) return only;
    throw mismatch(model, `one ${role}, or ${role}Name in the lab's file`, describeAll(tensors));
  }
  const named = tensors.find((tensor) => tensor.name === name);
  if (named === undefined) throw mismatch(model, `an ${role} ${name}`, describeAll(tensors));
  return named;
}

/** Whether a stated shape admits an actual one; −1 admits any size. */
export function admitsShape(stated: readonly number[], actual: readonly number[]): boolean {
  return (
    stated.length === actual.length &&
    stated.every((size, at) => size === -1 || size === actual[at])
  );
}

function batchOf(
  input: TensorMetadata,
  shape: readonly number[],
): InferencePlan['batch'] | undefined {
  if (admitsShape(input.shape, shape)) return 'none';
  const [first, ...rest] = input.shape;
  if (!admitsShape(rest, shape)) return undefined;
  if (first === -1) return 'variable';
  return first === 1 ? 'one' : undefined;
}

function fitsOutput(output: TensorMetadata, outputLength: number): boolean {
  const fixed = output.shape.filter((size) => size !== -1);
  const product = fixed.reduce((count, size) => count * size, 1);
  // One open dimension besides the batch may have any size; the answers show which.
  return product === outputLength || (fixed.length + 1 < output.shape.length && product > 0);
}

function planInput(
  metadata: ModelMetadata,
  deployment: Deployment,
  wishes: PlanWishes,
): Pick<InferencePlan, 'inputName' | 'inputDatatype' | 'inputShape' | 'batch'> {
  const model = metadata.name;
  const input = choose(metadata.inputs, wishes.inputName, { model, role: 'input' });
  const inputDatatype = wishes.inputDatatype ?? input.datatype;
  const { inputElement } = deployment;
  if (!isDatatype(inputDatatype) || !holdsEveryValue(inputDatatype, inputElement)) {
    throw mismatch(model, `a datatype that holds every ${inputElement}`, describe(input));
  }
  // In BYTES the whole sample is one element.
  const inputShape = inputDatatype === 'BYTES' ? [1] : deployment.inputShape;
  const batch =
    batchOf(input, inputShape) ?? (inputDatatype === 'BYTES' ? batchOf(input, []) : undefined);
  if (batch === undefined) {
    throw mismatch(model, `an input of [−1 or 1, ${inputShape.join(', ')}]`, describe(input));
  }
  if (wishes.batchSizeMax > 1 && batch !== 'variable') {
    throw mismatch(model, `a variable batch dimension for batchSizeMax`, describe(input));
  }
  return { inputName: input.name, inputDatatype, inputShape, batch };
}

/**
 * Checks a model's metadata against the suite's.
 *
 * @throws LabError network/wrong-shape with what was expected and what was found
 */
export function planInference(
  metadata: ModelMetadata,
  deployment: Deployment,
  wishes: PlanWishes,
): InferencePlan {
  const model = metadata.name;
  const planned = planInput(metadata, deployment, wishes);
  const output = choose(metadata.outputs, wishes.outputName, { model, role: 'output' });
  const { outputLength, inputElement } = deployment;
  if (!isNumericDatatype(output.datatype)) {
    throw mismatch(model, 'an output of numbers', describe(output));
  }
  if (!fitsOutput(output, outputLength)) {
    throw mismatch(model, `an output of ${outputLength} values`, describe(output));
  }
  return {
    ...planned,
    modelName: model,
    inputElement,
    outputName: output.name,
    outputDatatype: output.datatype,
    outputShape: output.shape,
    outputLength,
  };
}

/** The shape of a request's input. @param sampleCount - 1 where the batch is not variable */
export function requestShape(plan: InferencePlan, sampleCount: number): readonly number[] {
  return plan.batch === 'none' ? plan.inputShape : [sampleCount, ...plan.inputShape];
}
