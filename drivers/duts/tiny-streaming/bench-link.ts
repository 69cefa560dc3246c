import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LinkCounters } from '#harness/contracts/records/run-record.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { isDeadline, raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import { lineReader } from '../../transports/framing/line-reader.ts';
import { dutLine, endOfReply } from './bench-replies.ts';

/** Who is at the other end, for messages. */
export interface LinkPeer {
  readonly boardId: string;
  readonly clock: Clock;
}

/** How long a reply may take. */
export interface ReplyLimits {
  /** Between two lines. */
  readonly silenceMs: number;
}

/** A reply without its last `m-ready`. */
export interface BenchReply {
  readonly lines: readonly string[];
  /** Run-clock instant of each line. */
  readonly arrivedAtNs: readonly number[];
  /** Its `m-ready` came, at this instant; undefined: silence instead. */
  readonly readyAtNs: number | undefined;
}

interface TimedLine {
  readonly text: string;
  readonly atNs: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const lineBytesMax = 4_096;
/** More than the longest reply: ten thousand detections, one a line. */
const replyLineCountMax = 12_000;
/** Of the first bytes so many are kept for a diagnosis. */
const captureBytesMax = 512;
const nsPerMs = 1e6;

/**
 * The line discipline of an interface board: one outstanding command, a reply that ends in `m-ready`, and behind `dut`
 * a second one with prefixed lines. It holds no meaning of any command.
 */
export class BenchLink implements AsyncDisposable {
  readonly counters: Mutable<LinkCounters> = {
    bytesSent: 0,
    bytesReceived: 0,
    commandCount: 0,
    retryCount: 0,
    resyncCount: 0,
    garbledReplyCount: 0,
  };
  /** The last checked answer was the one to its question. */
  isInStep = false;
  readonly #transport: ByteTransport;
  readonly #peer: LinkPeer;
  readonly #reader = lineReader(lineBytesMax, (text) => this.#onLine(text));
  #lines: TimedLine[] = [];
  readonly #captured: Uint8Array[] = [];
  #arrivedAtNs = 0;
  #arrival: PromiseWithResolvers<void> | undefined;
  #signal: AbortSignal | undefined;
  #fatal: Error | undefined;

  constructor(transport: ByteTransport, peer: LinkPeer) {
    this.#transport = transport;
    this.#peer = peer;
    transport.onBytes((chunk) => this.#onBytes(chunk));
    void this.#followEnd();
  }

  get nowNs(): number {
    return this.#peer.clock.nowNs();
  }

  /** The first bytes that came since the port was opened. */
  get captured(): Uint8Array {
    return Buffer.concat(this.#captured).subarray(0, captureBytesMax);
  }

  /** Runs one call of the port: within it every wait ends when `signal` aborts. */
  async operate<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    assert(this.#signal === undefined, 'a board serves one call at a time');
    if (signal.aborted) throw this.#abortError(signal);
    this.#signal = signal;
    try {
      return await work();
    } catch (error) {
      throw signal.aborted ? this.#abortError(signal) : error;
    } finally {
      this.#signal = undefined;
    }
  }

  /**
   * Sends a command of the interface board and collects its reply. Silence is no error here: the reply has no
   * `readyAtNs`, and the link is out of step.
   *
   * @throws LabError dut/timeout (the call's deadline), dut/garbled-reply (lines without end), serial/…
   */
  async exchange(command: string, limits: ReplyLimits): Promise<BenchReply> {
    this.#lines = [];
    await this.#send(command);
    return this.#reply(limits);
  }

  /**
   * Has the interface board hand a command to the device behind it, and collects what that answers, prefixes taken off.
   * The reply is incomplete too when the interface board did not confirm exactly this command.
   */
  async exchangeDut(command: string, limits: ReplyLimits): Promise<BenchReply> {
    const relayed = await this.exchange(`dut ${command}`, limits);
    const isRelayed =
      relayed.readyAtNs !== undefined &&
      relayed.lines.length === 1 &&
      relayed.lines[0] === `m-dut-passthrough(${command})`;
    if (!isRelayed) {
      this.isInStep = false;
      return { lines: [], arrivedAtNs: [], readyAtNs: undefined };
    }
    const reply = await this.#reply(limits);
    return { ...reply, lines: reply.lines.map((line) => dutLine(line) ?? '') };
  }

  /** Waits until nothing has come for `quietMs`, at most `timeoutMs`, and drops what came. */
  async quiet(quietMs: number, timeoutMs: number): Promise<void> {
    const endNs = this.nowNs + timeoutMs * nsPerMs;
    let before = Number.NaN;
    while (before !== this.counters.bytesReceived && this.nowNs < endNs) {
      before = this.counters.bytesReceived;
      await this.sleep(quietMs);
    }
    this.#reader.reset();
    this.#lines = [];
  }

  /** Waits within the running call. */
  async sleep(durationMs: number): Promise<void> {
    if (this.#fatal !== undefined) throw this.#fatal;
    await this.#peer.clock.sleep(durationMs, this.#callSignal());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }

  #callSignal(): AbortSignal {
    assert(this.#signal !== undefined, 'a board is used within a call');
    return this.#signal;
  }

  async #send(command: string): Promise<void> {
    if (this.#fatal !== undefined) throw this.#fatal;
    const bytes = Buffer.from(`${command}%`, 'latin1');
    this.counters.bytesSent += bytes.length;
    this.counters.commandCount += 1;
    await this.#transport.write(bytes, this.#callSignal());
  }

  async #reply({ silenceMs }: ReplyLimits): Promise<BenchReply> {
    const lines: string[] = [];
    const arrivedAtNs: number[] = [];
    while (lines.length <= replyLineCountMax) {
      const line = await this.#nextLine(silenceMs);
      if (line === undefined) {
        this.isInStep = false;
        return { lines, arrivedAtNs, readyAtNs: undefined };
      }
      const end = endOfReply(line.text);
      const text = end?.before ?? line.text;
      if (text !== '') {
        lines.push(text);
        arrivedAtNs.push(line.atNs);
      }
      if (end !== undefined) return { lines, arrivedAtNs, readyAtNs: line.atNs };
    }
    this.isInStep = false;
    const { boardId } = this.#peer;
    throw labError('dut/garbled-reply', `the board ${boardId} sends lines without end`);
  }

  async #nextLine(silenceMs: number): Promise<TimedLine | undefined> {
    const signal = this.#callSignal();
    const limit = withDeadline(silenceMs, signal);
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#fatal !== undefined) throw this.#fatal;
      this.#arrival = Promise.withResolvers();
      try {
        await raceSignal(this.#arrival.promise, limit);
      } catch (error) {
        if (signal.aborted) throw error;
        return undefined;
      }
    }
  }

  #onBytes(chunk: Uint8Array): void {
    this.#arrivedAtNs = this.nowNs;
    if (this.counters.bytesReceived < captureBytesMax) this.#captured.push(chunk.slice());
    this.counters.bytesReceived += chunk.length;
    try {
      this.#reader.push(chunk);
    } catch {
      // A line without end is noise: whoever waits for the reply finds it incomplete.
      this.counters.garbledReplyCount += 1;
    }
  }

  #onLine(text: string): void {
    this.#lines.push({ text, atNs: this.#arrivedAtNs });
    if (this.#lines.length > replyLineCountMax) this.#lines.shift();
    this.#arrival?.resolve();
  }

  async #followEnd(): Promise<void> {
    await this.#transport.ended;
    const { path } = this.#transport;
    const details = { path, boardId: this.#peer.boardId };
    this.#fatal = labError('serial/unplugged', `the device at ${path} is gone`, { details });
    this.#arrival?.resolve();
  }

  #abortError(signal: AbortSignal): Error {
    const reason: unknown = signal.reason;
    this.isInStep = false;
    if (!isDeadline(reason))
      return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
    const { boardId } = this.#peer;
    return labError('dut/timeout', `the board ${boardId} did not answer before the deadline`, {
      details: { boardId, path: this.#transport.path },
      cause: reason,
    });
  }
}
