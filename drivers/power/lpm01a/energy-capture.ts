import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { PowerBlock, PowerCapture } from '#harness/contracts/power-meter.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { isDeadline, raceSignal, withDeadline } from '#harness/kernel/deadline.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import type { AnalyzerLink } from './analyzer-link.ts';
import { blockAssembler, type BlockAssembler, type SampleCounts } from './block-assembler.ts';
import { isTornSample, type Lpm01aMessage } from './protocol.ts';

/** Silence allowed beyond three sample periods. */
const silenceAllowanceMs = 2_000;
const watchIntervalMs = 250;
/** After `stop` the analyzer empties its buffer first. */
const completionTimeoutMs = 3_000;

/** What a capture works with. */
export interface CaptureSurroundings {
  readonly link: AnalyzerLink;
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly sampleRateHz: number;
  readonly onBlock: (block: PowerBlock) => void;
}

/** A running acquisition: turns the stream into blocks and watches over it. Ends with `stop` or when it is closed. */
export class EnergyCapture implements PowerCapture, AsyncDisposable {
  readonly sampleRateHz: number;
  readonly failed: Promise<unknown>;
  readonly #link: AnalyzerLink;
  readonly #clock: Clock;
  readonly #log: LogWriter;
  readonly #blocks: BlockAssembler;
  readonly #over = new AbortController();
  readonly #resolveFailed: (error: unknown) => void;
  readonly #completed = Promise.withResolvers<void>();
  #failure: LabError | undefined;
  #stopping = false;
  #streaming = true;
  #lastSampleAtNs: number;
  #tornCount = 0;
  #eventCount = 0;
  #noiseCount = 0;

  /** Listens from now on; the acquisition itself starts with the command `start`. */
  constructor(surroundings: CaptureSurroundings) {
    const { link, clock, log, sampleRateHz, onBlock } = surroundings;
    this.sampleRateHz = sampleRateHz;
    this.#link = link;
    this.#clock = clock;
    this.#log = log;
    this.#blocks = blockAssembler(sampleRateHz, onBlock);
    this.#lastSampleAtNs = clock.nowNs();
    const failed = Promise.withResolvers<unknown>();
    this.failed = failed.promise;
    this.#resolveFailed = failed.resolve;
    link.listen({
      onMessage: (message, arrivedAtNs) => this.#take(message, arrivedAtNs),
      onArrivalEnd: (arrivedAtNs) => this.#blocks.flushWhenDue(arrivedAtNs),
      onBroken: (error) => this.#fail(this.#brokenBy(error)),
    });
    void this.#watch();
  }

  readonly stop = async (signal: AbortSignal): Promise<SampleCounts> => {
    if (this.#failure !== undefined) throw this.#failure;
    this.#stopping = true;
    await this.#link.write('stop', signal);
    const bounded = withDeadline(completionTimeoutMs, signal);
    try {
      await Promise.race([raceSignal(this.#completed.promise, bounded), this.#failureOnly()]);
    } catch (error) {
      signal.throwIfAborted();
      throw isDeadline(error) ? this.#stopped('did not confirm the end of the acquisition') : error;
    }
    await this[Symbol.asyncDispose]();
    return this.#blocks.counts();
  };

  readonly [Symbol.asyncDispose] = (): Promise<void> => {
    if (!this.#over.signal.aborted) {
      this.#over.abort();
      this.#link.listen(undefined);
      this.#blocks.flush();
      this.#logCounts();
    }
    return Promise.resolve();
  };

  /** Whether samples may still come. */
  get streaming(): boolean {
    return this.#streaming;
  }

  #take(message: Lpm01aMessage, arrivedAtNs: number): void {
    switch (message.type) {
      case 'sample':
        this.#takeSample(message.joules, arrivedAtNs);
        break;
      case 'time-stamp':
        this.#blocks.addTimeStamp(message.atMs);
        break;
      case 'event':
        this.#eventCount += 1;
        break;
      case 'fault':
        this.#fail(this.#faulted(message));
        break;
      case 'end':
      case 'completed':
        this.#takeEnd(message.type);
        break;
      case 'text':
        this.#takeText(message.words, arrivedAtNs);
        break;
      case 'blank':
      case 'ack':
      case 'refused':
      case 'error-detail':
        break;
    }
  }

  #takeSample(joules: number, arrivedAtNs: number): void {
    // What follows the end is no sample; what follows a failure is not worth keeping.
    if (!this.#streaming || this.#failure !== undefined) return;
    this.#lastSampleAtNs = arrivedAtNs;
    this.#blocks.addSample(joules, arrivedAtNs);
  }

  #takeText(words: string, arrivedAtNs: number): void {
    if (isTornSample(words)) {
      this.#tornCount += 1;
      this.#takeSample(Number.NaN, arrivedAtNs);
    } else {
      this.#noiseCount += 1;
    }
  }

  #takeEnd(type: 'end' | 'completed'): void {
    this.#streaming = false;
    if (!this.#stopping) this.#fail(this.#stopped('ended the acquisition by itself'));
    else if (type === 'completed') this.#completed.resolve();
  }

  async #watch(): Promise<void> {
    const limitMs = silenceAllowanceMs + 3_000 / this.sampleRateHz;
    const { signal } = this.#over;
    while (!signal.aborted && this.#failure === undefined && !this.#stopping) {
      // The end of the capture ends the sleep; the loop then ends, too.
      await this.#clock.sleep(watchIntervalMs, signal).catch(() => undefined);
      const silentMs = (this.#clock.nowNs() - this.#lastSampleAtNs) / 1e6;
      if (!signal.aborted && !this.#stopping && silentMs > limitMs) {
        this.#fail(this.#stopped(`sent no sample for ${Math.round(silentMs)} ms`));
      }
    }
  }

  #fail(failure: LabError): void {
    if (this.#failure !== undefined || this.#over.signal.aborted) return;
    this.#blocks.flush();
    this.#failure = failure;
    this.#resolveFailed(failure);
  }

  async #failureOnly(): Promise<never> {
    throw await this.failed;
  }

  #faulted(fault: { readonly overcurrent: boolean; readonly words: string }): LabError {
    if (!fault.overcurrent) return this.#stopped(`reported '${fault.words}'`);
    const message = `The analyzer at ${this.#link.path} switched off: '${fault.words}'.`;
    return labError('power/overcurrent', message, { details: this.#details() });
  }

  #brokenBy(error: unknown): LabError {
    return error instanceof LabError ? error : this.#stopped('broke off', error);
  }

  #stopped(what: string, cause?: unknown): LabError {
    const message = `The analyzer at ${this.#link.path} ${what}.`;
    return labError('power/stream-stopped', message, { details: this.#details(), cause });
  }

  #details(): Readonly<Record<string, unknown>> {
    return { path: this.#link.path, ...this.#blocks.counts() };
  }

  #logCounts(): void {
    const tornCount = this.#tornCount;
    const noiseCount = this.#noiseCount;
    this.#log({
      level: tornCount + noiseCount + this.#blocks.counts().lostSampleCount > 0 ? 'warn' : 'info',
      message: 'power capture ended',
      fields: { ...this.#details(), tornCount, noiseCount, eventCount: this.#eventCount },
    });
  }
}
