import { expect, test } from 'vitest';

import { planInference, requestShape } from './inference-plan.ts';

const deployment = { inputElement: 'int8', inputShape: [49, 10, 1], outputLength: 12 } as const;
const tensor = (name: string, datatype: string, shape: number[]) => ({ name, datatype, shape });
const model = (input: number[], output: number[] = [-1, 12]) => ({
  name: 'kws',
  inputs: [tensor('x', 'FP32', input)],
  outputs: [tensor('y', 'FP32', output)],
});
const wishes = { batchSizeMax: 1 };

test.each([
  [[49, 10, 1], 'none', [49, 10, 1]],
  [[1, 49, 10, 1], 'one', [1, 49, 10, 1]],
  [[-1, 49, 10, 1], 'variable', [1, 49, 10, 1]],
  [[-1, -1, 10, 1], 'variable', [1, 49, 10, 1]],
])('an input of %j has the batch dimension %s', (shape, batch, requested) => {
  const plan = planInference(model(shape), deployment, wishes);
  expect(plan).toMatchObject({ batch, inputName: 'x', outputName: 'y', outputLength: 12 });
  expect(requestShape(plan, 1)).toEqual(requested);
});

test.each([[[49, 10]], [[2, 49, 10, 1]], [[-1, 10, 49, 1]], [[490]], [[-1, 1, 49, 10, 1]], [[]]])(
  'an input of %j is refused with what was found',
  (shape) => {
    const plan = () => planInference(model(shape), deployment, wishes);
    expect(plan).toThrow(expect.objectContaining({ code: 'network/wrong-shape' }));
    expect(plan).toThrow(`found x FP32 [${shape.join(', ')}]`);
  },
);

test.each([[[-1, 11]], [[10]], [[-1, 12, 2]]])('an output of %j is refused', (shape) => {
  expect(() => planInference(model([-1, 49, 10, 1], shape), deployment, wishes)).toThrow(
    /expected an output of 12 values/,
  );
});

test('a batch needs a variable dimension', () => {
  const many = { batchSizeMax: 4 };
  expect(planInference(model([-1, 49, 10, 1]), deployment, many).batch).toBe('variable');
  expect(() => planInference(model([1, 49, 10, 1]), deployment, many)).toThrow(/variable batch/);
});

test('of several tensors the named one is taken; without a name they are listed', () => {
  const several = {
    ...model([-1, 49, 10, 1]),
    outputs: [tensor('a', 'FP32', [-1, 12]), tensor('b', 'INT64', [-1])],
  };
  expect(planInference(several, deployment, { ...wishes, outputName: 'a' }).outputName).toBe('a');
  expect(() => planInference(several, deployment, wishes)).toThrow(/a FP32 \[-1, 12\], b INT64/);
  expect(() => planInference(several, deployment, { ...wishes, outputName: 'c' })).toThrow(
    /expected an output c/,
  );
});

test('a datatype that cannot hold the elements is refused, another may be set', () => {
  const unsigned = { ...model([]), inputs: [tensor('x', 'UINT8', [-1, 49, 10, 1])] };
  expect(() => planInference(unsigned, deployment, wishes)).toThrow(/holds every int8/);
  const set = planInference(unsigned, deployment, { ...wishes, inputDatatype: 'INT8' });
  expect(set.inputDatatype).toBe('INT8');
  const textual = { ...model([-1, 49, 10, 1]), outputs: [tensor('y', 'BYTES', [-1, 12])] };
  expect(() => planInference(textual, deployment, wishes)).toThrow(/an output of numbers/);
});

test('in BYTES the whole sample is one element', () => {
  for (const shape of [[-1, 1], [1], [-1]]) {
    const bytes = { ...model([]), inputs: [tensor('x', 'BYTES', shape)] };
    expect(planInference(bytes, deployment, wishes).inputDatatype).toBe('BYTES');
  }
});
