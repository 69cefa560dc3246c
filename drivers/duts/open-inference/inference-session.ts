import type { DutContext, InferenceAnswer, InferenceWindow } from '#harness/contracts/dut.ts';
import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity, LinkCounters } from '#harness/contracts/records/run-record.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import { isDeadline, withDeadline } from '#harness/kernel/deadline.ts';

import { replyOutputs } from './infer-reply.ts';
import type { CompletedAnswer, InferenceLink, PreparedRequest } from './inference-link.ts';
import { planInference, type InferencePlan } from './inference-plan.ts';
import type { ModelMetadata } from './model-metadata.ts';
import type { OpenInferenceSettings } from './open-inference-config.ts';
import { isBinaryOnly } from './tensor-data.ts';

const readyPollMs = 50;

/** A checked answer of one request. */
interface TimedAnswers {
  readonly completedAtNs: number;
  readonly answers: readonly InferenceAnswer[];
}

/** One server opened: its link, and what is known about its model. */
export class InferenceSession {
  readonly #link: InferenceLink;
  readonly #settings: OpenInferenceSettings;
  readonly #context: DutContext;
  #plan: InferencePlan | undefined;
  #loaded: PreparedRequest | undefined;
  #retryCount = 0;
  #garbledReplyCount = 0;

  constructor(link: InferenceLink, settings: OpenInferenceSettings, context: DutContext) {
    this.#link = link;
    this.#settings = settings;
    this.#context = context;
  }

  /** Runs `work` under a bound of its own; running over it is dut/timeout. */
  async #inTime<T>(
    bound: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly what: string },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    bound.signal.throwIfAborted();
    const bounded = withDeadline(bound.timeoutMs, bound.signal);
    try {
      return await work(bounded);
    } catch (error) {
      if (hasCode(error, 'network/malformed-answer')) this.#garbledReplyCount += 1;
      const isOver =
        (bounded.aborted && isDeadline(bounded.reason)) || hasCode(error, 'dut/timeout');
      if (!isOver) throw error;
      const { boardId } = this.#context;
      const { what, timeoutMs } = bound;
      throw labError('dut/timeout', `the server ${boardId} did not ${what} in time`, {
        details: { boardId, url: this.#settings.url, timeoutMs },
        cause: error,
      });
    }
  }

  #command<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeoutMs = this.#settings.commandTimeoutMs;
    return this.#inTime({ timeoutMs, signal, what: 'answer' }, work);
  }

  /** Health, metadata, and the model's shapes against the suite's; the connections are open afterwards. */
  identify(signal: AbortSignal): Promise<DutIdentity> {
    return this.#command(signal, async (bounded) => {
      const { url } = this.#settings;
      if (!(await this.#link.isReady(bounded))) {
        throw labError('network/refused', `the server ${url} says that it is not ready`, {
          details: { url },
        });
      }
      const server = await this.#link.serverMetadata(bounded);
      const metadata = await this.#link.modelMetadata(bounded);
      const isHeld = metadata !== undefined && (await this.#link.isModelReady(bounded));
      this.#plan = isHeld ? this.#planFor(metadata) : undefined;
      await this.#link.warm(bounded);
      const { deployment } = this.#context;
      return {
        vendor: server.name,
        firmware: server.version,
        firmwareMode: 'none',
        model: isHeld ? (deployment?.boardModel ?? metadata.name) : '',
        network: { address: url, server: `${server.name} ${server.version}` },
      };
    });
  }

  #planFor(metadata: ModelMetadata): InferencePlan | undefined {
    const { deployment } = this.#context;
    if (deployment === undefined) return undefined;
    const { inputName, outputName, inputDatatype, batchSizeMax, protocol, encoding } =
      this.#settings;
    const plan = planInference(metadata, deployment, {
      batchSizeMax,
      ...(inputName === undefined ? {} : { inputName }),
      ...(outputName === undefined ? {} : { outputName }),
      ...(inputDatatype === undefined ? {} : { inputDatatype }),
    });
    if (protocol === 'http' && encoding === 'json' && isBinaryOnly(plan.inputDatatype)) {
      const message = `${plan.inputDatatype} has no form in JSON: set encoding to binary or auto`;
      throw labError('dut/unsupported', message, { details: { datatype: plan.inputDatatype } });
    }
    return plan;
  }

  /** Polls until server and model are ready. */
  awaitReady(signal: AbortSignal): Promise<void> {
    const { bootTimeoutMs: timeoutMs } = this.#settings;
    return this.#inTime({ timeoutMs, signal, what: 'become ready' }, async (bounded) => {
      while (!(await this.#isReadyNow(bounded))) {
        await this.#context.clock.sleep(readyPollMs, bounded);
      }
    });
  }

  async #isReadyNow(signal: AbortSignal): Promise<boolean> {
    const isModelKnown =
      this.#context.deployment !== undefined || this.#settings.modelName !== undefined;
    try {
      if (!(await this.#link.isReady(signal))) return false;
      return !isModelKnown || (await this.#link.isModelReady(signal));
    } catch (error) {
      // A server that starts is not there yet, or hangs up.
      if (hasCode(error, 'network/unreachable', 'network/closed', 'network/server-error'))
        return false;
      throw error;
    }
  }

  async #requirePlan(signal: AbortSignal): Promise<InferencePlan> {
    if (this.#plan === undefined) await this.identify(signal);
    const { boardId } = this.#context;
    if (this.#plan !== undefined) return this.#plan;
    throw labError('dut/wrong-model', `the server ${boardId} does not hold the model`, {
      details: { boardId },
    });
  }

  /** Makes the request of one sample ready, and sees that a connection stands. */
  async load(sample: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const plan = await this.#requirePlan(signal);
    this.#loaded = this.#link.prepare(plan, [sample]);
    await this.#command(signal, (bounded) => this.#link.revive(bounded));
  }

  async infer(signal: AbortSignal): Promise<InferenceAnswer> {
    const { answers } = await this.#ask(this.#requireLoaded(), signal);
    return assertDefined(answers[0], 'one sample has one answer');
  }

  /** `inferenceCount` requests, each sent when the one before it is answered. */
  async inferWindow(inferenceCount: number, signal: AbortSignal): Promise<InferenceWindow> {
    const request = this.#requireLoaded();
    const startedAtNs = this.#context.clock.nowNs();
    let endedAtNs = startedAtNs;
    let deviceDurationNs: number | undefined = 0;
    for (let done = 0; done < inferenceCount; done += 1) {
      const { answers, completedAtNs } = await this.#ask(request, signal);
      endedAtNs = completedAtNs;
      const ownNs = answers[0]?.deviceDurationNs;
      deviceDurationNs =
        ownNs === undefined || deviceDurationNs === undefined
          ? undefined
          : deviceDurationNs + ownNs;
    }
    return {
      inferenceCount,
      startedAtNs,
      endedAtNs,
      ...(deviceDurationNs === undefined ? {} : { deviceDurationNs }),
    };
  }

  /** Several samples in one request; may be called again before it ends. */
  async inferBatch(
    samples: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<readonly InferenceAnswer[]> {
    const { batchSizeMax } = this.#settings;
    assert(samples.length >= 1 && samples.length <= batchSizeMax, 'a call has 1 to batchSizeMax');
    const plan = this.#plan ?? (await this.#requirePlan(signal));
    return (await this.#ask(this.#link.prepare(plan, samples), signal)).answers;
  }

  #requireLoaded(): PreparedRequest {
    return assertDefined(this.#loaded, 'a sample is loaded before an inference');
  }

  async #ask(request: PreparedRequest, signal: AbortSignal): Promise<TimedAnswers> {
    const timeoutMs = this.#settings.inferTimeoutMs;
    return this.#inTime({ timeoutMs, signal, what: 'answer an inference' }, async (bounded) => {
      const { completedAtNs, parse } = await this.#send(request, bounded);
      const plan = assertDefined(this.#plan, 'the model was checked before it is used');
      const reply = parse();
      const { deviceDurationNs } = reply;
      const answers = replyOutputs(plan, reply, request.sampleCount).map((output) => ({
        output,
        completedAtNs,
        ...(deviceDurationNs === undefined ? {} : { deviceDurationNs }),
      }));
      return { completedAtNs, answers };
    });
  }

  /** Sends once more, once, where a kept connection turned out closed before any answer began. */
  async #send(request: PreparedRequest, signal: AbortSignal): Promise<CompletedAnswer> {
    try {
      return await this.#link.infer(request, signal);
    } catch (error) {
      const isStale = hasCode(error, 'network/closed') && error.details['answerBytes'] === null;
      if (!isStale || signal.aborted) throw error;
      this.#retryCount += 1;
      return await this.#link.infer(request, signal);
    }
  }

  counters(): LinkCounters {
    const { requestCount, bytesSent, bytesReceived } = this.#link.counters();
    return {
      bytesSent,
      bytesReceived,
      commandCount: requestCount,
      retryCount: this.#retryCount,
      resyncCount: 0,
      garbledReplyCount: this.#garbledReplyCount,
    };
  }

  /** The safe state of a server is one that has nothing of ours under way. */
  async release(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#loaded = undefined;
    await this.close();
  }

  async close(): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }
}
