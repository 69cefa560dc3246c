import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport, TransportEnd } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { isDeadline, raceSignal, withDeadline } from '#harness/kernel/deadline.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { lineReader } from '../../transports/framing/line-reader.ts';
import { relayLine, type IoManagerGeneration, type RelayPhase } from './relay-lines.ts';

/** What a relay is told about the IO manager and who is behind it. */
export interface RelayOptions {
  readonly generation: IoManagerGeneration;
  readonly boardId: string;
  readonly clock: Clock;
  /** For one acknowledgement; after twice that time without any the IO manager counts as hanging. */
  readonly ackTimeoutMs: number;
  /** Called for each damage seen on the line to the IO manager. */
  readonly onDamage: () => void;
}

/** A question to the IO manager itself. */
interface OwnQuestion {
  /** The line that must stand before its `m-ready`. */
  readonly pattern: RegExp;
  readonly resolve: (match: RegExpExecArray) => void;
  found: RegExpExecArray | undefined;
}

const lineBytesMax = 4_096;
const watchTickMs = 50;
const nsPerMs = 1e6;
const percent = 0x25;
const relayWord = Buffer.from('dut ', 'latin1');
const flush = Buffer.from('%', 'latin1');

/**
 * A byte transport to a board behind an IO manager: each command goes out as `dut CMD%`, its acknowledgement is
 * checked and hidden, and the board's lines come back without their prefix. A command that the IO manager did not take
 * is answered with an `e-` line, as a board refuses; the caller's retries do the rest.
 */
export class RelayTransport implements ByteTransport {
  readonly path: string;
  readonly ended: Promise<TransportEnd>;
  readonly #inner: ByteTransport;
  readonly #options: RelayOptions;
  readonly #listeners = new Set<(chunk: Uint8Array) => void>();
  readonly #reader = lineReader(lineBytesMax, (line) => this.#onLine(line));
  readonly #closing = new AbortController();
  #phase: RelayPhase = 'idle';
  #command = '';
  #question: OwnQuestion | undefined;
  #output = '';
  #sentAtNs = 0;
  #isFlushed = false;
  #isWatching = false;
  #sending: PromiseWithResolvers<void> | undefined;
  #hanging: LabError | undefined;

  constructor(inner: ByteTransport, options: RelayOptions) {
    this.path = inner.path;
    this.ended = inner.ended;
    this.#inner = inner;
    this.#options = options;
    inner.onBytes((chunk) => this.#onBytes(chunk));
  }

  /** Why nothing is passed on any more, since the last acknowledgement; undefined while something is. */
  get hanging(): LabError | undefined {
    return this.#hanging;
  }

  readonly onBytes = (listener: (chunk: Uint8Array) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /**
   * Sends one command, or a bare `%` to the IO manager alone.
   *
   * @returns once the IO manager has acknowledged the command, or the next one is sent
   * @throws LabError dut/timeout when it hangs, serial/unplugged, serial/write-failed
   */
  readonly write = async (bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
    assert(bytes.at(-1) === percent, 'a relay takes one whole command');
    if (bytes.length === 1) {
      this.#phase = 'idle';
      return await this.#inner.write(bytes, signal);
    }
    this.#phase = 'sent';
    this.#command = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - 1).toString(
      'latin1',
    );
    this.#sentAtNs = this.#options.clock.nowNs();
    this.#isFlushed = false;
    this.#settle();
    const sending = Promise.withResolvers<void>();
    this.#sending = sending;
    if (!this.#isWatching) void this.#watch();
    this.#inner.write(Buffer.concat([relayWord, bytes]), signal).catch(sending.reject);
    return await sending.promise;
  };

  /**
   * Asks the IO manager itself, again and again until it answers.
   *
   * @param question - a command of its own; `name`, `checkbaud`
   * @param pattern - of the line that answers it
   * @returns undefined when it does not within `timeoutMs`
   * @throws LabError dut/timeout at the call's deadline, serial/unplugged · the signal's reason
   */
  async ask(
    question: string,
    pattern: RegExp,
    within: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<RegExpExecArray | undefined> {
    const { clock, ackTimeoutMs } = this.#options;
    const endNs = clock.nowNs() + within.timeoutMs * nsPerMs;
    do {
      const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
      this.#phase = 'idle';
      this.#question = { pattern, resolve, found: undefined };
      // The flush ends what may stand half-received before our question.
      await this.#inner.write(Buffer.from(`%${question}%`, 'latin1'), within.signal);
      const answer = await this.#untilSilent(promise, withDeadline(ackTimeoutMs, within.signal));
      if (answer !== undefined) return answer;
      if (within.signal.aborted) throw this.#abortError(within.signal);
    } while (clock.nowNs() < endNs);
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#settle();
    await this.#inner[Symbol.asyncDispose]();
  }

  async #untilSilent<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const gone = this.ended.then(() => {
      throw labError('serial/unplugged', `the IO manager at ${this.path} is gone`, {
        details: { path: this.path, boardId: this.#options.boardId },
      });
    });
    try {
      return await raceSignal(Promise.race([answer, gone]), signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      this.#question = undefined;
    }
  }

  #abortError(signal: AbortSignal): unknown {
    if (!isDeadline(signal.reason)) return signal.reason;
    const { boardId } = this.#options;
    const message = `the IO manager in front of the board ${boardId} did not answer in time`;
    return labError('dut/timeout', message, {
      details: { boardId, path: this.path },
      cause: signal.reason,
    });
  }

  #onBytes(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk);
    } catch {
      // Too long for a line: the listener's own reader says so, and keeps the bytes for a diagnosis.
      this.#output = Buffer.from(chunk).toString('latin1');
    }
    if (this.#output.length === 0) return;
    const lines = new Uint8Array(Buffer.from(this.#output, 'latin1'));
    this.#output = '';
    for (const listener of this.#listeners) listener(lines);
  }

  #onLine(line: string): void {
    if (this.#question !== undefined) return this.#onOwnLine(this.#question, line);
    const { generation } = this.#options;
    const before = this.#phase;
    const step = relayLine({ generation, phase: before, command: this.#command }, line);
    this.#phase = step.phase;
    if (step.isDamaged === true) this.#options.onDamage();
    if (before === 'sent' && step.phase !== 'sent') this.#hanging = undefined;
    if (!this.#isAwaited()) this.#settle();
    for (const text of step.lines) this.#output += `${text}\r\n`;
  }

  #onOwnLine(question: OwnQuestion, line: string): void {
    question.found ??= question.pattern.exec(line) ?? undefined;
    if (question.found === undefined || line !== 'm-ready') return;
    this.#question = undefined;
    this.#hanging = undefined;
    question.resolve(question.found);
  }

  #settle(): void {
    this.#sending?.resolve();
    this.#sending = undefined;
  }

  #isAwaited(): boolean {
    return this.#phase === 'sent' || this.#phase === 'repeated';
  }

  /**
   * Notices a missing acknowledgement: first a bare `%` ends a command whose own got lost, then the IO manager hangs.
   */
  async #watch(): Promise<void> {
    const { clock, ackTimeoutMs } = this.#options;
    this.#isWatching = true;
    while (this.#isAwaited() && !this.#closing.signal.aborted) {
      if (clock.nowNs() - this.#sentAtNs >= ackTimeoutMs * nsPerMs) this.#onSilence();
      // Closed: nobody waits any more.
      await clock.sleep(watchTickMs, this.#closing.signal).catch(() => undefined);
    }
    this.#isWatching = false;
  }

  #onSilence(): void {
    const { boardId, clock, generation } = this.#options;
    if (!this.#isFlushed) {
      this.#isFlushed = true;
      this.#sentAtNs = clock.nowNs();
      // Where the port is gone the caller learns it from its own write.
      this.#inner.write(flush, this.#closing.signal).catch(() => undefined);
      return;
    }
    this.#phase = 'idle';
    const message = `the IO manager at ${this.path} in front of the board ${boardId} hangs: reset it`;
    this.#hanging = labError('dut/timeout', message, {
      details: { boardId, path: this.path, ioManager: generation, command: this.#command },
    });
    this.#sending?.reject(this.#hanging);
    this.#sending = undefined;
  }
}
