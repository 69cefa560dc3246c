import { join } from 'node:path';

import type { DeviceReplies, StatusReply } from '#drivers/transports/device-protocol/replies.ts';
import {
  modelDataOverheadBytes,
  type ModelAnnouncement,
  type RequestOf,
} from '#drivers/transports/device-protocol/requests.ts';
import type { ModelDeployment } from '#harness/contracts/inference.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import { readAgentState, writeAgentState, type AgentState } from './agent-state.ts';
import { DeviceRefusal } from './device-refusal.ts';
import type { TimedAnswer } from './inference-messages.ts';
import type { InferenceThread } from './inference-thread.ts';
import { openModelStore, type ModelStore } from './model-store.ts';
import type { ModelUpload } from './model-upload.ts';
import { SampleBuffer } from './sample-buffer.ts';
import { ticksNow } from './ticks.ts';

/** What the device takes; announced in HELLO. */
export interface DeviceLimits {
  readonly payloadBytesMax: number;
  readonly modelBytesMax: number;
  readonly sampleBytesMax: number;
}

/** What an agent's device is made of. */
export interface AgentDeviceOptions {
  /** Models and what is remembered over a restart. */
  readonly stateFolder: string;
  readonly limits: DeviceLimits;
  readonly clock: Clock;
  readonly log: LogWriter;
  /** Called at each boot, and when the thread before has died. */
  readonly startThread: (signal: AbortSignal) => Promise<InferenceThread>;
}

type Model = NonNullable<AgentState['model']>;
type Coming = { readonly model: Model; readonly upload: ModelUpload };

const noModel = '0'.repeat(64);

function sampleBytesOf(model: Model): number {
  return model.shape.reduce((product, size) => product * size, 1);
}

function isSame(a: Model, b: Model): boolean {
  return (
    a.sha256 === b.sha256 &&
    a.element === b.element &&
    a.outputCount === b.outputCount &&
    a.shape.join() === b.shape.join()
  );
}

/** The device that the agent is: its model, its sample and the thread that infers. One caller, one call at a time. */
export class AgentDevice implements AsyncDisposable {
  readonly limits: DeviceLimits;
  readonly #options: AgentDeviceOptions;
  readonly #store: ModelStore;
  readonly #stateFile: string;
  readonly #sample = new SampleBuffer();
  #thread: InferenceThread;
  #bootCount = 0;
  #model: Model | undefined;
  #coming: Coming | undefined;

  private constructor(options: AgentDeviceOptions, store: ModelStore, thread: InferenceThread) {
    this.limits = options.limits;
    this.#options = options;
    this.#store = store;
    this.#thread = thread;
    this.#stateFile = join(options.stateFolder, 'agent.json');
  }

  /** @throws LabError agent/state-unusable, agent/provider-unavailable · the signal's reason */
  static async boot(options: AgentDeviceOptions, signal: AbortSignal): Promise<AgentDevice> {
    const store = await openModelStore(join(options.stateFolder, 'models'), options.clock);
    const device = new AgentDevice(options, store, await options.startThread(signal));
    try {
      await device.#boot(signal);
      return device;
    } catch (error) {
      await device[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Name and version of the inference library. */
  get library(): string {
    return this.#thread.version;
  }

  get bootCount(): number {
    return this.#bootCount;
  }

  /** For ALIVE: inferences done so far, or percent of the model that is arriving. */
  get progress(): number {
    return this.#coming?.upload.percent ?? this.#thread.doneCount();
  }

  status(): StatusReply {
    const model = this.#model;
    const state = model === undefined ? 'no-model' : 'model';
    return {
      state: this.#coming === undefined ? state : 'receiving',
      modelSha256: model?.sha256 ?? noModel,
      sampleBytes: model === undefined ? 0 : sampleBytesOf(model),
      outputCount: model?.outputCount ?? 0,
      ticksNow: ticksNow(),
      bootCount: this.#bootCount,
    };
  }

  /** @throws DeviceRefusal · LabError */
  async beginModel(
    announcement: ModelAnnouncement,
    signal: AbortSignal,
  ): Promise<DeviceReplies['model-begin']> {
    const { sha256, fileBytes, name, element, shape, outputCount } = announcement;
    const model: Model = { sha256, fileBytes, name, element, shape: [...shape], outputCount };
    this.#checkModel(model);
    const partBytesMax = this.limits.payloadBytesMax - modelDataOverheadBytes;
    await this.#abandonUpload();
    if (await this.#useHeld(model, signal)) return { isHeld: true, partBytesMax };
    await this.#dropModel(signal);
    this.#coming = { model, upload: await this.#store.begin(sha256, fileBytes) };
    return { isHeld: false, partBytesMax };
  }

  async takeModelPart(offset: number, bytes: Uint8Array): Promise<DeviceReplies['model-data']> {
    return { nextOffset: await this.#comingModel().upload.write(offset, bytes) };
  }

  async finishModel(signal: AbortSignal): Promise<void> {
    const { model, upload } = this.#comingModel();
    try {
      await this.#store.finish(model.sha256, upload, signal);
    } finally {
      this.#coming = undefined;
    }
    await this.#use(model, signal);
  }

  load({ sampleBytes, offset, bytes }: RequestOf<'load'>): DeviceReplies['load'] {
    const wantedBytes = sampleBytesOf(this.#usedModel());
    if (sampleBytes > this.limits.sampleBytesMax) {
      throw new DeviceRefusal('too-large', `${this.limits.sampleBytesMax} sample bytes at most`);
    }
    if (sampleBytes !== wantedBytes) {
      throw new DeviceRefusal('sample-size', `the model takes ${wantedBytes} bytes`);
    }
    this.#sample.write(sampleBytes, offset, bytes);
    return this.#sample.progress();
  }

  async infer(inferenceCount: number, signal: AbortSignal): Promise<TimedAnswer> {
    const model = this.#usedModel();
    const sample = this.#sample.whole;
    if (sample === undefined) throw new DeviceRefusal('no-sample', 'load one first');
    await this.#reviveThread(model, signal);
    try {
      return await this.#thread.infer(sample, inferenceCount, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new DeviceRefusal('inference-failed', words, cause);
    }
  }

  /** Forgets the sample; the model stays. */
  release(): void {
    this.#sample.clear();
  }

  /** Starts anew, the thread of the inferences too; the model stays, as in flash. */
  async reset(signal: AbortSignal): Promise<void> {
    this.#model = undefined;
    this.#sample.clear();
    await this.#abandonUpload();
    await this.#replaceThread(signal);
    await this.#boot(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#abandonUpload();
    await this.#thread[Symbol.asyncDispose]();
  }

  async #boot(signal: AbortSignal): Promise<void> {
    const { bootCount, model } = await readAgentState(this.#stateFile);
    this.#bootCount = (bootCount + 1) % 0x1_0000_0000;
    await this.#remember(null);
    if (model === null) return;
    try {
      await this.#useHeld(model, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { name, sha256 } = model;
      const words = error instanceof Error ? error.message : String(error);
      const fields = { model: name, sha256, error: words };
      this.#options.log({ level: 'warn', message: 'the model of before is not used', fields });
    }
  }

  #checkModel(model: Model): void {
    const { modelBytesMax, sampleBytesMax } = this.limits;
    const sampleBytes = sampleBytesOf(model);
    if (model.fileBytes === 0 || sampleBytes === 0 || model.outputCount === 0) {
      throw new DeviceRefusal('bad-payload', 'a size of the model is 0');
    }
    if (model.fileBytes > modelBytesMax) {
      throw new DeviceRefusal('too-large', `models have ${modelBytesMax} bytes at most`);
    }
    if (sampleBytes > sampleBytesMax) {
      throw new DeviceRefusal('too-large', `samples have ${sampleBytesMax} bytes at most`);
    }
  }

  #usedModel(): Model {
    if (this.#model !== undefined) return this.#model;
    throw new DeviceRefusal('no-model', 'MODEL-BEGIN first');
  }

  #comingModel(): Coming {
    if (this.#coming !== undefined) return this.#coming;
    throw new DeviceRefusal('no-model', 'MODEL-BEGIN first');
  }

  async #abandonUpload(): Promise<void> {
    const coming = this.#coming;
    this.#coming = undefined;
    await coming?.upload[Symbol.asyncDispose]();
  }

  async #dropModel(signal: AbortSignal): Promise<void> {
    const wasUsed = this.#model !== undefined;
    this.#model = undefined;
    this.#sample.clear();
    await this.#remember(null);
    if (wasUsed && this.#thread.isAlive()) await this.#thread.close(signal);
  }

  /** @returns false when the model is not here, or its file is damaged */
  async #useHeld(model: Model, signal: AbortSignal): Promise<boolean> {
    if (this.#model !== undefined && isSame(this.#model, model) && this.#thread.isAlive()) {
      this.#sample.clear();
      return true;
    }
    if (!(await this.#store.has(model.sha256, model.fileBytes))) return false;
    try {
      await this.#use(model, signal);
      return true;
    } catch (error) {
      const cause = error instanceof DeviceRefusal ? error.cause : error;
      if (!(cause instanceof LabError) || cause.code !== 'suite/model-hash-mismatch') throw error;
      await this.#store.remove(model.sha256);
      return false;
    }
  }

  async #use(model: Model, signal: AbortSignal): Promise<void> {
    await this.#dropModel(signal);
    if (!this.#thread.isAlive()) await this.#replaceThread(signal);
    await this.#open(model, signal);
    this.#model = model;
    await this.#remember(model);
  }

  async #open(model: Model, signal: AbortSignal): Promise<void> {
    const deployment: ModelDeployment = {
      modelPath: this.#store.path(model.sha256),
      modelSha256: model.sha256,
      boardModel: model.name,
      inputElement: model.element,
      inputShape: model.shape,
      outputLength: model.outputCount,
    };
    try {
      await this.#thread.open(deployment, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new DeviceRefusal('model-unusable', words, cause);
    }
  }

  async #reviveThread(model: Model, signal: AbortSignal): Promise<void> {
    if (this.#thread.isAlive()) return;
    await this.#replaceThread(signal);
    await this.#open(model, signal);
  }

  async #replaceThread(signal: AbortSignal): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
    this.#thread = await this.#options.startThread(signal);
  }

  async #remember(model: Model | null): Promise<void> {
    await writeAgentState(this.#stateFile, { bootCount: this.#bootCount, model });
  }
}
