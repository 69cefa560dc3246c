import { Worker } from 'node:worker_threads';

import { isErrorCode, labError } from '#harness/contracts/error-catalogue.ts';
import type { ModelDeployment } from '#harness/contracts/inference.ts';
import { assert } from '#harness/kernel/assert.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import {
  doneSlot,
  stopSlot,
  type InferenceReply,
  type InferenceRequest,
  type InferenceSettings,
  type InferenceThreadStart,
  type TimedAnswer,
} from './inference-messages.ts';

/** A thread of its own for the inference library, which blocks the thread that calls it. One call at a time. */
export interface InferenceThread extends AsyncDisposable {
  /** Name and version of the library. */
  readonly version: string;
  /** False once the thread has died or was given up: a new one is needed. */
  readonly isAlive: () => boolean;
  /** Inferences done so far of the call under way. */
  readonly doneCount: () => number;
  /** Opens a model instead of the one before. @throws LabError suite/model-missing, suite/model-hash-mismatch, suite/model-unusable */
  readonly open: (deployment: ModelDeployment, signal: AbortSignal) => Promise<void>;
  readonly close: (signal: AbortSignal) => Promise<void>;
  /** @param sample - copied. @throws LabError suite/model-unusable · the signal's reason, when the thread has stopped or was given up */
  readonly infer: (
    sample: Uint8Array,
    inferenceCount: number,
    signal: AbortSignal,
  ) => Promise<TimedAnswer>;
}

const startTimeoutMs = 60_000;
/** A thread that does not stop in this time after it was asked to is given up. */
const stopTimeoutMs = 2000;

function failure({ code, words }: Extract<InferenceReply, { type: 'failed' }>): Error {
  return isErrorCode(code) ? labError(code, words) : new Error(words);
}

class WorkerInferenceThread implements InferenceThread {
  version = '';
  readonly #worker: Worker;
  readonly #words: Uint32Array;
  #waiting: PromiseWithResolvers<InferenceReply> | undefined;
  #death: Error | undefined;

  constructor(settings: InferenceSettings) {
    const shared = new SharedArrayBuffer(2 * Uint32Array.BYTES_PER_ELEMENT);
    this.#words = new Uint32Array(shared);
    const workerData: InferenceThreadStart = { settings, shared };
    this.#worker = new Worker(new URL('./inference-entry.ts', import.meta.url), { workerData });
    this.#worker.on('message', (reply: InferenceReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#die(error));
    this.#worker.on('exit', () => this.#die(new Error('the thread of the inferences has ended')));
  }

  async start(signal: AbortSignal): Promise<void> {
    const reply = await this.#reply(withDeadline(startTimeoutMs, signal));
    if (reply.type === 'failed') throw failure(reply);
    assert(reply.type === 'ready', 'the thread says first that it is ready');
    this.version = reply.version;
  }

  readonly isAlive = (): boolean => this.#death === undefined;
  readonly doneCount = (): number => Atomics.load(this.#words, doneSlot);

  readonly open = async (deployment: ModelDeployment, signal: AbortSignal): Promise<void> => {
    await this.#call({ do: 'open', deployment }, signal);
  };

  readonly close = async (signal: AbortSignal): Promise<void> => {
    await this.#call({ do: 'close' }, signal);
  };

  readonly infer = async (
    sample: Uint8Array,
    inferenceCount: number,
    signal: AbortSignal,
  ): Promise<TimedAnswer> => {
    const reply = await this.#call({ do: 'infer', sample, inferenceCount }, signal);
    signal.throwIfAborted();
    assert(reply.type === 'answered', 'inferences are answered');
    return reply.answer;
  };

  readonly [Symbol.asyncDispose] = async (): Promise<void> => {
    const end = this.#worker.terminate();
    // A library that hangs holds its thread: it is left behind, nothing waits for it.
    await raceSignal(end, AbortSignal.timeout(stopTimeoutMs)).catch(() => this.#worker.unref());
  };

  async #call(request: InferenceRequest, signal: AbortSignal): Promise<InferenceReply> {
    signal.throwIfAborted();
    Atomics.store(this.#words, doneSlot, 0);
    Atomics.store(this.#words, stopSlot, 0);
    const answer = this.#reply(signal);
    this.#worker.postMessage(request);
    const reply = await answer;
    if (reply.type === 'failed') throw failure(reply);
    return reply;
  }

  /** The next reply. After an abort it waits for the thread to stop, and gives the thread up when it does not. */
  async #reply(signal: AbortSignal): Promise<InferenceReply> {
    if (this.#death !== undefined) throw this.#death;
    assert(this.#waiting === undefined, 'one call at a time');
    const waiting = Promise.withResolvers<InferenceReply>();
    this.#waiting = waiting;
    try {
      return await raceSignal(waiting.promise, signal);
    } catch (error) {
      if (!signal.aborted || this.#death !== undefined) throw error;
      Atomics.store(this.#words, stopSlot, 1);
      const stopped = raceSignal(waiting.promise, AbortSignal.timeout(stopTimeoutMs));
      await stopped.catch(() => this.#die(new Error('the inference library does not come back')));
      throw signal.reason;
    } finally {
      this.#waiting = undefined;
    }
  }

  #settle(reply: InferenceReply): void {
    this.#waiting?.resolve(reply);
  }

  #die(error: unknown): void {
    this.#death ??= error instanceof Error ? error : new Error(String(error));
    this.#waiting?.reject(this.#death);
  }
}

/**
 * Starts the thread and tries its execution providers.
 *
 * @throws LabError agent/provider-unavailable · the signal's reason
 */
export async function startInferenceThread(
  settings: InferenceSettings,
  signal: AbortSignal,
): Promise<InferenceThread> {
  const thread = new WorkerInferenceThread(settings);
  try {
    await thread.start(signal);
    return thread;
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw error;
  }
}
