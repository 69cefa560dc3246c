import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ModelDeployment } from '#harness/contracts/inference.ts';

import { onnxInferenceRuntime } from './onnx-inference-runtime.ts';
import { flattenModel } from './testing/flatten-model.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-onnx-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function deploy(
  model: Uint8Array,
  changes: Partial<ModelDeployment> = {},
): Promise<ModelDeployment> {
  const modelSha256 = createHash('sha256').update(model).digest('hex');
  const modelPath = join(folder, `${modelSha256}.onnx`);
  await writeFile(modelPath, model);
  return {
    modelPath,
    modelSha256,
    boardModel: 'tiny01',
    inputElement: 'int8',
    inputShape: [2, 2],
    outputLength: 4,
    ...changes,
  };
}

const fixedBatch = flattenModel(
  { name: 'image', elementType: 1, shape: [1, 2, 2] },
  { name: 'row', elementType: 1, shape: [1, 4] },
);
const symbolicBatch = flattenModel(
  { name: 'image', elementType: 1, shape: ['batch', 2, 2] },
  { name: 'row', elementType: 1, shape: ['batch', 4] },
);
const noBatch = flattenModel(
  { name: 'image', elementType: 1, shape: [1, 4] },
  { name: 'row', elementType: 1, shape: [1, 4] },
);
const oneThread = { threadCount: 1 };

describe('onnxInferenceRuntime', () => {
  it('names the library and its version', () => {
    expect(onnxInferenceRuntime().version).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
  });

  it.each([
    ['a batch of one', fixedBatch],
    ['a symbolic batch', symbolicBatch],
  ])('casts int8 bytes to float32 for a model with %s', async (_, model) => {
    await using session = await onnxInferenceRuntime().open(await deploy(model), oneThread);
    expect(await session.infer(Uint8Array.of(0, 127, 128, 255))).toEqual(
      Float32Array.of(0, 127, -128, -1),
    );
  });

  it('casts uint8 bytes to float32', async () => {
    const deployment = await deploy(symbolicBatch, { inputElement: 'uint8' });
    await using session = await onnxInferenceRuntime().open(deployment, { threadCount: 2 });
    expect(await session.infer(Uint8Array.of(0, 127, 128, 255))).toEqual(
      Float32Array.of(0, 127, 128, 255),
    );
  });

  it('takes a model whose input has no batch dimension', async () => {
    const deployment = await deploy(noBatch, { inputShape: [1, 4] });
    await using session = await onnxInferenceRuntime().open(deployment, oneThread);
    expect(await session.infer(Uint8Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('gives answers that later inferences leave alone, also for a sample inside a larger buffer', async () => {
    await using session = await onnxInferenceRuntime().open(await deploy(fixedBatch), oneThread);
    const samples = Uint8Array.of(9, 9, 1, 2, 3, 4, 5, 6, 7, 8);
    const first = await session.infer(samples.subarray(2, 6));
    const second = await session.infer(samples.subarray(6));
    expect(first).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(second).toEqual(Float32Array.of(5, 6, 7, 8));
  });

  it('refuses a sample of another length as a bug', async () => {
    await using session = await onnxInferenceRuntime().open(await deploy(fixedBatch), oneThread);
    await expect(session.infer(new Uint8Array(3))).rejects.toThrow('4 bytes, not 3');
  });

  it('says where a missing model was looked for', async () => {
    const modelPath = join(folder, 'absent.onnx');
    const deployment = { ...(await deploy(fixedBatch)), modelPath };
    await expect(onnxInferenceRuntime().open(deployment, oneThread)).rejects.toMatchObject({
      code: 'suite/model-missing',
      details: { modelPath },
    });
  });

  it('refuses a model with one changed byte', async () => {
    const deployment = await deploy(fixedBatch);
    const changed = Uint8Array.from(fixedBatch);
    changed[1] = 7;
    await writeFile(deployment.modelPath, changed);
    await expect(onnxInferenceRuntime().open(deployment, oneThread)).rejects.toMatchObject({
      code: 'suite/model-hash-mismatch',
    });
  });

  it.each([
    { fault: 'bytes that are no model', model: Uint8Array.of(1, 2, 3), words: 'cannot be loaded' },
    {
      fault: 'another input shape',
      model: fixedBatch,
      changes: { inputShape: [4] },
      words: "input 'image' has shape [1, 2, 2]",
    },
    {
      fault: 'another output length',
      model: fixedBatch,
      changes: { outputLength: 3 },
      words: "output 'row' has shape [1, 4]",
    },
    {
      fault: 'an int32 input',
      model: flattenModel(
        { name: 'image', elementType: 6, shape: [1, 2, 2] },
        { name: 'row', elementType: 6, shape: [1, 4] },
      ),
      words: "input 'image' is int32 instead of float32",
    },
    {
      fault: 'a symbolic output that turns out shorter than the suite says',
      model: flattenModel(
        { name: 'image', elementType: 1, shape: ['n', 'height', 'width'] },
        { name: 'row', elementType: 1, shape: ['n', 'length'] },
      ),
      changes: { outputLength: 5 },
      words: 'it answered 4 values, 5 are expected',
    },
  ])('refuses $fault', async ({ model, changes, words }) => {
    const opening = onnxInferenceRuntime().open(await deploy(model, changes), oneThread);
    await expect(opening).rejects.toThrow(words);
    await expect(opening).rejects.toMatchObject({ code: 'suite/model-unusable' });
  });
});
