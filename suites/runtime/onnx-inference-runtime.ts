import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { env, InferenceSession as OnnxSession, Tensor } from 'onnxruntime-node';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type {
  InferenceRuntime,
  InferenceSession,
  ModelDeployment,
} from '#harness/contracts/inference.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { modelShapeFaults } from './model-shape-faults.ts';

/**
 * The only user of onnxruntime-node: models on the processor of this machine.
 *
 * An inference runs on the calling thread and blocks it, so a measurement calls it from a worker thread of its own.
 */
export function onnxInferenceRuntime(): InferenceRuntime {
  // Read once by the library when the first session of the process opens: its warnings are no concern of an operator.
  env.logLevel = 'error';
  return {
    version: `onnxruntime-node ${env.versions.node ?? env.versions.common}`,
    open: async (deployment, options) => {
      const model = await readModel(deployment);
      const session = await createSession(deployment, model, options);
      try {
        return await openChecked(session, deployment);
      } catch (error) {
        await session.release();
        throw error;
      }
    },
  };
}

/** The bytes that were hashed are the bytes that are loaded: nothing can change in between. */
async function readModel(deployment: ModelDeployment): Promise<Uint8Array> {
  const { modelPath, modelSha256 } = deployment;
  const bytes = await readFile(modelPath).catch((cause: unknown) => {
    throw labError('suite/model-missing', `The model ${modelPath} cannot be read.`, {
      details: { modelPath },
      cause,
    });
  });
  const actualSha256 = createHash('sha256').update(bytes).digest('hex');
  if (actualSha256 !== modelSha256) {
    throw labError(
      'suite/model-hash-mismatch',
      `The model ${modelPath} has SHA-256 ${actualSha256}, the suite names ${modelSha256}.`,
      { details: { modelPath, actualSha256, expectedSha256: modelSha256 } },
    );
  }
  return bytes;
}

async function createSession(
  deployment: ModelDeployment,
  model: Uint8Array,
  options: Parameters<InferenceRuntime['open']>[1],
): Promise<OnnxSession> {
  const { threadCount, executionProviders = ['cpu'] } = options;
  assert(Number.isInteger(threadCount) && threadCount >= 1, 'threadCount is a whole number >= 1');
  try {
    return await OnnxSession.create(model, {
      executionProviders,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threadCount,
      interOpNumThreads: 1,
    });
  } catch (error) {
    throw unusable(deployment, 'it cannot be loaded', error);
  }
}

async function openChecked(
  session: OnnxSession,
  deployment: ModelDeployment,
): Promise<InferenceSession> {
  const faults = modelShapeFaults(
    { inputs: session.inputMetadata, outputs: session.outputMetadata },
    deployment,
  );
  if (faults.length > 0) throw unusable(deployment, faults.join('; '));
  const opened = inferenceSession(session, deployment);
  // Dimensions may be symbolic: only an inference shows that the shapes fit, and it is better seen now than in a run.
  await opened.infer(new Uint8Array(elementCount(deployment)));
  return opened;
}

function inferenceSession(session: OnnxSession, deployment: ModelDeployment): InferenceSession {
  const inputName = assertDefined(session.inputNames[0], 'the model has an input');
  const outputName = assertDefined(session.outputNames[0], 'the model has an output');
  const input = new Float32Array(elementCount(deployment));
  const feeds = { [inputName]: new Tensor('float32', input, inputDimensions(session, deployment)) };
  let released = false;
  return {
    infer: async (sample) => {
      assert(!released, 'no inference after the session was closed');
      castInto(input, sample, deployment);
      const answers = await session.run(feeds, [outputName]).catch((error: unknown) => {
        throw unusable(deployment, 'an inference failed', error);
      });
      const answer = answers[outputName]?.data;
      if (!(answer instanceof Float32Array) || answer.length !== deployment.outputLength) {
        throw unusable(
          deployment,
          `it answered ${answer?.length ?? 'no'} values, ${deployment.outputLength} are expected`,
        );
      }
      return answer.slice();
    },
    [Symbol.asyncDispose]: async () => {
      if (released) return;
      released = true;
      await session.release();
    },
  };
}

/** Casts each byte to float32, as `InputElement` says; nothing else is done to it. */
function castInto(input: Float32Array, sample: Uint8Array, deployment: ModelDeployment): void {
  assert(
    sample.length === input.length,
    `a sample of ${deployment.boardModel} has ${input.length} bytes, not ${sample.length}`,
  );
  if (deployment.inputElement === 'uint8') input.set(sample);
  else input.set(new Int8Array(sample.buffer, sample.byteOffset, sample.byteLength));
}

function elementCount(deployment: ModelDeployment): number {
  return deployment.inputShape.reduce((product, size) => product * size, 1);
}

/** The suite's shape, with a batch of one in front where the model has that dimension. */
function inputDimensions(session: OnnxSession, deployment: ModelDeployment): readonly number[] {
  const metadata = session.inputMetadata[0];
  const rank = metadata?.isTensor === true ? metadata.shape.length : 0;
  return rank === deployment.inputShape.length
    ? deployment.inputShape
    : [1, ...deployment.inputShape];
}

function unusable(deployment: ModelDeployment, what: string, cause?: unknown): LabError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return labError(
    'suite/model-unusable',
    `The model ${deployment.modelPath} cannot be used: ${what}${reason}.`,
    { details: { modelPath: deployment.modelPath }, cause },
  );
}
