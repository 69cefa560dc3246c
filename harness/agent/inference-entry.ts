import { parentPort, workerData } from 'node:worker_threads';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import type { InferenceSession } from '#harness/contracts/inference.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import { LabError } from '#harness/kernel/lab-error.ts';
import { checkExecutionProviders } from '#suites/runtime/check-execution-providers.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import {
  doneSlot,
  stopSlot,
  type InferenceReply,
  type InferenceRequest,
  type InferenceThreadStart,
} from './inference-messages.ts';

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
const SettingsSchema = Type.Object({
  settings: Type.Object({
    threadCount: Type.Integer({ minimum: 1 }),
    executionProviders: Type.Array(Type.String(), { minItems: 1 }),
  }),
});

/** What the thread was started with; checked, since it came as anything. */
function startOf(data: unknown): InferenceThreadStart {
  assert(Value.Check(SettingsSchema, data), 'the thread was started with its settings');
  assert('shared' in data && data.shared instanceof SharedArrayBuffer, 'and with shared memory');
  return { settings: data.settings, shared: data.shared };
}

const { settings, shared } = startOf(workerData);
const words = new Uint32Array(shared);
const runtime = onnxInferenceRuntime();
let session: InferenceSession | undefined;

async function close(): Promise<void> {
  const closing = session;
  session = undefined;
  await closing?.[Symbol.asyncDispose]();
}

async function infer(sample: Uint8Array, inferenceCount: number): Promise<InferenceReply> {
  const opened = assertDefined(session, 'a model is open before an inference');
  let output: Float32Array = new Float32Array();
  let endTicks = 0n;
  const startTicks = process.hrtime.bigint();
  for (let count = 1; count <= inferenceCount; count += 1) {
    output = await opened.infer(sample);
    endTicks = process.hrtime.bigint();
    Atomics.store(words, doneSlot, count);
    if (count < inferenceCount && Atomics.load(words, stopSlot) !== 0) return { type: 'stopped' };
  }
  return { type: 'answered', answer: { startTicks, endTicks, inferenceCount, output } };
}

async function work(request: InferenceRequest): Promise<InferenceReply> {
  switch (request.do) {
    case 'open':
      await close();
      session = await runtime.open(request.deployment, settings);
      return { type: 'done' };
    case 'close':
      await close();
      return { type: 'done' };
    case 'infer':
      return infer(request.sample, request.inferenceCount);
  }
}

function failed(error: unknown): InferenceReply {
  const code = error instanceof LabError ? error.code : '';
  return { type: 'failed', code, words: error instanceof Error ? error.message : String(error) };
}

parent.on('message', (request: InferenceRequest) => {
  void work(request)
    .catch(failed)
    .then((reply) => parent.postMessage(reply));
});
try {
  await checkExecutionProviders(settings.executionProviders);
  parent.postMessage({ type: 'ready', version: runtime.version } satisfies InferenceReply);
} catch (error) {
  parent.postMessage(failed(error));
}
