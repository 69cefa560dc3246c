import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerBlock, PowerCapture, PowerMeter } from '#harness/contracts/power-meter.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import { createPowerFile, type PowerFileWriter } from './power-file.ts';

/** Blocks that may wait for the disk: a minute of them. A disk that stalls for longer ends the recording. */
const waitingBlockCountMax = 600;

/** How many samples were recorded, and how many the analyzer's own time stamps say are missing. */
export type PowerTotals = Awaited<ReturnType<PowerCapture['stop']>>;

/** A running recording. Closing it without `stop` keeps what arrived and leaves the analyzer to its `release`. */
export interface PowerSampler extends AsyncDisposable {
  readonly sampleRateHz: number;
  /** Resolves with the first failure of the analyzer or of the file; never rejects. */
  readonly failed: Promise<unknown>;
  /**
   * Ends the capture and closes the file; when it throws, too.
   *
   * @throws LabError power/stream-stopped, power/overcurrent, evidence/disk-full, evidence/write-failed ·
   *   the signal's reason
   */
  readonly stop: (signal: AbortSignal) => Promise<PowerTotals>;
}

/**
 * Starts the analyzer and records every block it gives to a new file.
 *
 * @param options.path - `raw/power.bin` of the evidence bundle; its folder exists, the file does not
 * @throws LabError what `PowerMeter.start` throws · evidence/disk-full, evidence/write-failed
 */
export async function startPowerSampler(
  options: { readonly meter: PowerMeter; readonly path: string },
  signal: AbortSignal,
): Promise<PowerSampler> {
  const recorder = new BlockRecorder(await createPowerFile(options.path), options.path);
  let capture: PowerCapture;
  try {
    capture = await options.meter.start((block) => recorder.take(block), signal);
  } catch (error) {
    await recorder[Symbol.asyncDispose]();
    throw error;
  }
  recorder.begin(capture.sampleRateHz);
  return {
    sampleRateHz: capture.sampleRateHz,
    failed: Promise.race([capture.failed, recorder.failed]),
    stop: async (stopSignal) => {
      try {
        return await capture.stop(stopSignal);
      } finally {
        await raceSignal(recorder[Symbol.asyncDispose](), stopSignal);
        recorder.throwIfFailed();
      }
    },
    [Symbol.asyncDispose]: () => recorder[Symbol.asyncDispose](),
  };
}

/** Takes blocks at once and writes them in their order, as fast as the disk takes them. */
class BlockRecorder implements AsyncDisposable {
  readonly failed: Promise<unknown>;
  readonly #file: PowerFileWriter;
  readonly #path: string;
  readonly #resolveFailed: (error: unknown) => void;
  #waiting: PowerBlock[] = [];
  #sampleRateHz: number | undefined;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(file: PowerFileWriter, path: string) {
    this.#file = file;
    this.#path = path;
    const failed = Promise.withResolvers<unknown>();
    this.failed = failed.promise;
    this.#resolveFailed = failed.resolve;
  }

  /** Blocks may come before the rate is known; they wait for it. */
  begin(sampleRateHz: number): void {
    this.#sampleRateHz = sampleRateHz;
    this.#writeOn();
  }

  take(block: PowerBlock): void {
    if (this.#failure !== undefined || this.#closing !== undefined) return;
    if (this.#waiting.length >= waitingBlockCountMax) {
      this.#fail(this.#stalled());
      return;
    }
    this.#waiting.push(block);
    this.#writeOn();
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writing;
    try {
      await this.#file[Symbol.asyncDispose]();
    } catch (error) {
      this.#fail(error);
    }
  }

  #writeOn(): void {
    if (this.#sampleRateHz === undefined || this.#writing !== undefined) return;
    this.#writing = this.#writeWaiting(this.#sampleRateHz).finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeWaiting(sampleRateHz: number): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const blocks = this.#waiting;
        this.#waiting = [];
        for (const block of blocks) await this.#file.append({ ...block, sampleRateHz });
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#waiting = [];
    this.#resolveFailed(error);
  }

  #stalled(): Error {
    return labError(
      'evidence/write-failed',
      `The disk did not keep up with the power samples: ${waitingBlockCountMax} blocks wait for ${this.#path}.`,
      { details: { path: this.#path, waitingBlockCount: waitingBlockCountMax } },
    );
  }
}
