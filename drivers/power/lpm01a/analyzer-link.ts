import { lineReader, type LineReader } from '#drivers/transports/framing/line-reader.ts';
import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import { answerReader, type Answer, type AnswerReader } from './answer-reader.ts';
import { commandBytes, lineBytesMax, parseLine, type Lpm01aMessage } from './protocol.ts';

/** An answer comes within milliseconds; this allows for a busy host. */
const answerTimeoutMs = 1_000;
/** Nothing for this long means that no stream is left over. */
const quietMs = 200;
const noisyCountMax = 10;

/** Who hears the stream during a capture. */
export interface StreamListener {
  readonly onMessage: (message: Lpm01aMessage, arrivedAtNs: number) => void;
  /** After the last message of the bytes that arrived together. */
  readonly onArrivalEnd: (arrivedAtNs: number) => void;
  /** The transport ended, or what arrives is no text of an analyzer. */
  readonly onBroken: (error: unknown) => void;
}

/** A command that waits for its answer. */
interface Waiting {
  readonly reader: AnswerReader;
  readonly answered: PromiseWithResolvers<Answer>;
}

/** The analyzer at the other end of a transport: one command at a time, and a stream beside it. */
export class AnalyzerLink implements AsyncDisposable {
  readonly path: string;
  readonly #transport: ByteTransport;
  readonly #clock: Clock;
  readonly #lines: LineReader;
  readonly #stopListening: () => void;
  #waiting: Waiting | undefined;
  #listener: StreamListener | undefined;
  #arrivalCount = 0;
  #arrivedAtNs = 0;

  /** Takes over an open transport: it is closed with the link. */
  constructor(transport: ByteTransport, clock: Clock) {
    this.path = transport.path;
    this.#transport = transport;
    this.#clock = clock;
    this.#lines = lineReader(lineBytesMax, (line) => this.#takeLine(line));
    this.#stopListening = transport.onBytes((chunk) => this.#takeBytes(chunk));
    void transport.ended.then(() => this.#break(this.#unplugged()));
  }

  /** Sends a command and waits for nothing. @throws LabError serial/unplugged, serial/write-failed */
  write(command: string, signal: AbortSignal): Promise<void> {
    return this.#transport.write(commandBytes(command), signal);
  }

  /**
   * Sends a command and waits until the analyzer takes it.
   *
   * @throws LabError power/no-answer, power/rejected-command, serial/unplugged · the signal's reason
   */
  async command(command: string, signal: AbortSignal): Promise<void> {
    await this.#exchange(command, { asks: false, signal });
  }

  /** The same for a command that asks. @returns its answer, empty when the analyzer gives none */
  ask(command: string, signal: AbortSignal): Promise<string> {
    return this.#exchange(command, { asks: true, signal });
  }

  /** Waits until nothing arrives any more; false when it does not fall silent. */
  async untilQuiet(signal: AbortSignal): Promise<boolean> {
    for (let noisyCount = 0; noisyCount < noisyCountMax; noisyCount += 1) {
      const seenCount = this.#arrivalCount;
      await this.#clock.sleep(quietMs, signal);
      if (this.#arrivalCount === seenCount) {
        this.#lines.reset();
        return true;
      }
    }
    return false;
  }

  /** Sets who hears the stream; undefined for nobody. */
  listen(listener: StreamListener | undefined): void {
    this.#listener = listener;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    this.#listener = undefined;
    await this.#transport[Symbol.asyncDispose]();
  }

  async #exchange(
    command: string,
    options: { readonly asks: boolean; readonly signal: AbortSignal },
  ): Promise<string> {
    assert(this.#waiting === undefined, 'the analyzer takes one command at a time');
    const reader = answerReader(command, options);
    const answered = Promise.withResolvers<Answer>();
    // Waited for below; until then a broken link must not count as an unhandled failure.
    answered.promise.catch(() => undefined);
    this.#waiting = { reader, answered };
    const bounded = withDeadline(answerTimeoutMs, options.signal);
    try {
      await this.write(command, bounded);
      return this.#detailOf(command, await raceSignal(answered.promise, bounded));
    } catch (error) {
      options.signal.throwIfAborted();
      if (!bounded.aborted || error !== bounded.reason) throw error;
      return this.#detailOf(command, reader.soFar());
    } finally {
      this.#waiting = undefined;
    }
  }

  #detailOf(command: string, answer: Answer | undefined): string {
    const details = { path: this.path, command };
    if (answer === undefined) {
      const message = `The analyzer at ${this.path} did not answer '${command}' within ${answerTimeoutMs} ms.`;
      throw labError('power/no-answer', message, { details });
    }
    if (answer.kind === 'taken') return answer.detail;
    const message = `The analyzer at ${this.path} refused '${command}' with '${answer.words}'.`;
    throw labError('power/rejected-command', message, { details: { ...details, ...answer } });
  }

  #takeBytes(chunk: Uint8Array): void {
    this.#arrivedAtNs = this.#clock.nowNs();
    this.#arrivalCount += 1;
    try {
      this.#lines.push(chunk);
    } catch (error) {
      if (!hasCode(error, 'serial/overflow')) throw error;
      this.#break(error);
    }
    this.#listener?.onArrivalEnd(this.#arrivedAtNs);
  }

  #takeLine(line: string): void {
    const message = parseLine(line);
    const answer = this.#waiting?.reader.read(message);
    if (answer !== undefined) this.#waiting?.answered.resolve(answer);
    this.#listener?.onMessage(message, this.#arrivedAtNs);
  }

  #break(error: unknown): void {
    this.#waiting?.answered.reject(error);
    this.#listener?.onBroken(error);
  }

  #unplugged(): Error {
    return labError('serial/unplugged', `The analyzer at ${this.path} is gone.`, {
      details: { path: this.path },
    });
  }
}
