import type { ModelDeployment } from '#harness/contracts/inference.ts';

/** What a model says of one of its inputs or outputs; a text is a symbolic dimension, which takes any size. */
export type ValueFacts =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string;
      readonly isTensor: true;
      readonly type: string;
      readonly shape: readonly (number | string)[];
    };

/** What a model says of itself. */
export interface ModelFacts {
  readonly inputs: readonly ValueFacts[];
  readonly outputs: readonly ValueFacts[];
}

/**
 * What keeps a model from being run by a suite. Wanted: one input, float32 [batch?, ...inputShape]; a first output,
 * float32 [.., outputLength], all sizes before the last one 1. Pure.
 *
 * @returns one clause per fault, none when it fits
 */
export function modelShapeFaults(
  model: ModelFacts,
  deployment: ModelDeployment,
): readonly string[] {
  return [
    ...(model.inputs.length === 1 ? [] : [`it has ${model.inputs.length} inputs instead of 1`]),
    ...valueFaults('input', model.inputs[0], (shape) => inputFits(shape, deployment.inputShape)),
    ...valueFaults('output', model.outputs[0], (shape) =>
      outputFits(shape, deployment.outputLength),
    ),
  ];
}

function valueFaults(
  role: 'input' | 'output',
  value: ValueFacts | undefined,
  fits: (shape: readonly (number | string)[]) => boolean,
): readonly string[] {
  if (value === undefined) return [`it has no ${role}`];
  if (!value.isTensor) return [`its ${role} '${value.name}' is no tensor`];
  if (value.type !== 'float32') {
    return [`its ${role} '${value.name}' is ${value.type} instead of float32`];
  }
  if (!fits(value.shape)) {
    return [`its ${role} '${value.name}' has shape [${value.shape.join(', ')}]`];
  }
  return [];
}

function inputFits(shape: readonly (number | string)[], wanted: readonly number[]): boolean {
  const matches = (sizes: readonly number[]): boolean =>
    shape.length === sizes.length && sizes.every((size, axis) => takes(shape[axis], size));
  return matches(wanted) || matches([1, ...wanted]);
}

function outputFits(shape: readonly (number | string)[], outputLength: number): boolean {
  return (
    shape.length > 0 &&
    takes(shape.at(-1), outputLength) &&
    shape.slice(0, -1).every((size) => takes(size, 1))
  );
}

function takes(size: number | string | undefined, wanted: number): boolean {
  return typeof size === 'string' || size === wanted;
}
