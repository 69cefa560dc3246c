import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LinkCounters } from '#harness/contracts/records/run-record.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { isDeadline } from '#harness/kernel/deadline.ts';

import { lineReader } from '../../transports/framing/line-reader.ts';
import { BootWatch } from './boot-watch.ts';
import { byteCapture, type ByteCapture } from './byte-capture.ts';
import { parseTinyLine, type TinyMessage } from './protocol.ts';
import { replySpin } from './reply-spin.ts';
import { silenceAfterMs, type Reply, type SilenceLimits } from './reply.ts';

/** Who is at the other end, for messages. */
export interface LinkPeer {
  readonly boardId: string;
  readonly clock: Clock;
}

interface Pending {
  readonly messages: TinyMessage[];
  readonly arrivedAtNs: number[];
  readonly limits: SilenceLimits;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Longer than any line of the protocol: the longest are result vectors. */
const lineBytesMax = 4_096;
/** More than the read-back of the largest buffer (27 648 bytes, 8 a line). */
const replyLineCountMax = 8_192;
const captureBytesMax = 512;
/** How late a silence may be noticed; one timer serves all commands within it. */
const watchTickMs = 50;
const nsPerMs = 1e6;

/**
 * The line discipline: one outstanding command, replies that end in `m-ready`, and knowledge of whether the two sides
 * are in step. It holds no meaning of any command.
 */
export class TinyLink implements AsyncDisposable {
  readonly counters: Mutable<LinkCounters> = {
    bytesSent: 0,
    bytesReceived: 0,
    commandCount: 0,
    retryCount: 0,
    resyncCount: 0,
    garbledReplyCount: 0,
  };
  /** The first bytes since the port was opened or a boot was awaited. */
  readonly capture: ByteCapture = byteCapture(captureBytesMax);
  readonly #transport: ByteTransport;
  readonly #peer: LinkPeer;
  readonly #reader = lineReader(lineBytesMax, (line) => this.#onLine(line));
  readonly #boots = new BootWatch();
  readonly #closing = new AbortController();
  readonly #spin = replySpin(() => this.nowNs);
  #pending: Pending | undefined;
  #signal: AbortSignal | undefined;
  #deadlineAtNs = 0;
  #arrivedAtNs = 0;
  #isWatching = false;
  #isInStep = false;
  #hasRebooted = false;
  #fatal: Error | undefined;

  constructor(transport: ByteTransport, peer: LinkPeer) {
    this.#transport = transport;
    this.#peer = peer;
    transport.onBytes((chunk) => this.#onBytes(chunk));
    void this.#followEnd();
  }

  /** No command is outstanding and nothing unexpected has come since the last reply. */
  get isInStep(): boolean {
    return this.#isInStep;
  }

  /** Firmware mode of the last boot banner, where one was seen. */
  get bootMode(): 'performance' | 'energy' | undefined {
    return this.#boots.mode;
  }

  get nowNs(): number {
    return this.#peer.clock.nowNs();
  }

  /** While a boot is expected a boot banner is no failure. */
  expectBoot(isExpected: boolean): void {
    this.#boots.expect(isExpected);
    this.#hasRebooted = false;
  }

  /** Says that what the board sent last cannot be trusted; the next command needs a resynchronisation first. */
  loseStep(): void {
    this.#isInStep = false;
  }

  /** Says that the two sides are in step again, as a checked answer has shown. */
  regainStep(): void {
    this.#isInStep = true;
  }

  /** Runs one call of the port: within it every wait ends when `signal` aborts. */
  async operate<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    assert(this.#signal === undefined, 'a board serves one call at a time');
    if (signal.aborted) throw this.#abortError(signal);
    const onAbort = (): void => this.#fail(this.#abortError(signal));
    signal.addEventListener('abort', onAbort);
    this.#signal = signal;
    try {
      return await work();
    } finally {
      this.#signal = undefined;
      signal.removeEventListener('abort', onAbort);
    }
  }

  /**
   * Sends one command and collects its reply. Silence is no error here: it is a reply that is not complete, and the
   * link is out of step.
   *
   * @throws LabError dut/rebooted, dut/timeout (the call's deadline), dut/garbled-reply (no end of lines),
   *   serial/unplugged, serial/overflow, serial/write-failed
   */
  exchange(command: Uint8Array, limits: SilenceLimits): Promise<Reply> {
    const signal = this.#signal;
    assert(signal !== undefined && this.#pending === undefined, 'one command at a time');
    const failure = this.#failureBefore(signal);
    if (failure !== undefined) return Promise.reject(failure);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#pending = { messages: [], arrivedAtNs: [], limits, resolve, reject };
    this.#send(command, signal);
    this.#deadlineAtNs = this.nowNs + limits.silenceMs * nsPerMs;
    this.#spin.begin();
    if (!this.#isWatching) void this.#watch();
    return promise;
  }

  /** Sends bytes that need not be answered, such as the flush of a half-received command. */
  send(bytes: Uint8Array): void {
    const signal = this.#signal;
    assert(signal !== undefined && this.#pending === undefined, 'one command at a time');
    this.#send(bytes, signal);
  }

  /**
   * Waits until nothing has come for `quietMs`, and drops what came.
   *
   * @returns false when it never got quiet within `timeoutMs`
   */
  async quiet(quietMs: number, timeoutMs: number): Promise<boolean> {
    const signal = this.#signal;
    assert(signal !== undefined && this.#pending === undefined, 'one command at a time');
    const endNs = this.nowNs + timeoutMs * nsPerMs;
    for (;;) {
      const before = this.counters.bytesReceived;
      await this.#sleep(quietMs, signal);
      if (before === this.counters.bytesReceived) break;
      if (this.nowNs >= endNs) return false;
    }
    this.#reader.reset();
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#transport[Symbol.asyncDispose]();
  }

  async #followEnd(): Promise<void> {
    const end = await this.#transport.ended;
    const { path } = this.#transport;
    this.#fatal = labError('serial/unplugged', `the device at ${path} is gone`, {
      details: { path, boardId: this.#peer.boardId },
      cause: end.reason === 'unplugged' ? end.cause : undefined,
    });
    this.#fail(this.#fatal);
  }

  #send(bytes: Uint8Array, signal: AbortSignal): void {
    this.counters.bytesSent += bytes.length;
    this.counters.commandCount += 1;
    this.#transport.write(bytes, signal).catch((error: unknown) => this.#fail(error));
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    const failure = this.#failureBefore(signal, { isBootFatal: false });
    if (failure !== undefined) throw failure;
    try {
      await this.#peer.clock.sleep(durationMs, signal);
    } catch (error) {
      throw signal.aborted ? this.#abortError(signal) : error;
    }
    if (this.#fatal !== undefined) throw this.#fatal;
  }

  #failureBefore(signal: AbortSignal, options = { isBootFatal: true }): Error | undefined {
    if (this.#fatal !== undefined) return this.#fatal;
    if (signal.aborted) return this.#abortError(signal);
    if (!this.#hasRebooted || !options.isBootFatal) return undefined;
    this.#hasRebooted = false;
    return this.#rebooted();
  }

  #abortError(signal: AbortSignal): Error {
    const reason: unknown = signal.reason;
    if (!isDeadline(reason)) {
      return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
    }
    const { boardId } = this.#peer;
    return labError('dut/timeout', `the board ${boardId} did not answer before the deadline`, {
      details: { boardId, path: this.#transport.path },
      cause: reason,
    });
  }

  #rebooted(): Error {
    const { boardId } = this.#peer;
    return labError('dut/rebooted', `the board ${boardId} booted when nobody asked it to`, {
      details: { boardId, firmwareMode: this.#boots.mode ?? 'unknown' },
    });
  }

  #onBytes(chunk: Uint8Array): void {
    this.#arrivedAtNs = this.nowNs;
    this.counters.bytesReceived += chunk.length;
    if (this.#boots.isExpected) this.capture.add(chunk);
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.counters.garbledReplyCount += 1;
      if (!this.#boots.isExpected) this.#fail(error);
    }
  }

  #onLine(line: string): void {
    if (line.length === 0) return;
    const message = parseTinyLine(line);
    if (this.#boots.isUnexpectedBoot(message)) this.#onReboot();
    const pending = this.#pending;
    if (pending === undefined) {
      if (message.kind !== 'other') this.#isInStep = false;
      return;
    }
    if (message.kind === 'ready') this.#settle(pending, true);
    else this.#collect(pending, message);
  }

  #collect(pending: Pending, message: TinyMessage): void {
    pending.messages.push(message);
    pending.arrivedAtNs.push(this.#arrivedAtNs);
    if (message.kind === 'other') return;
    const limitMs = silenceAfterMs(message, pending.limits);
    this.#deadlineAtNs = this.#arrivedAtNs + limitMs * nsPerMs;
    if (pending.messages.length <= replyLineCountMax) return;
    const { boardId } = this.#peer;
    this.#fail(
      labError('dut/garbled-reply', `the board ${boardId} sends lines without end`, {
        details: { boardId, lineCount: pending.messages.length },
      }),
    );
  }

  #onReboot(): void {
    this.#isInStep = false;
    if (this.#pending === undefined) this.#hasRebooted = true;
    else this.#fail(this.#rebooted());
  }

  #settle(pending: Pending, isComplete: boolean): void {
    this.#pending = undefined;
    this.#spin.end();
    if (!isComplete) this.#isInStep = false;
    pending.resolve({
      isComplete,
      messages: pending.messages,
      arrivedAtNs: pending.arrivedAtNs,
    });
  }

  /** Ends the outstanding command; what still comes for it makes no sense to the next one. */
  #fail(reason: unknown): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#isInStep = false;
    this.#spin.end();
    pending.reject(reason);
  }

  /** Notices silence. It wakes some times a second while commands are under way, whatever their number. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    while (this.#pending !== undefined) {
      const leftMs = (this.#deadlineAtNs - this.nowNs) / nsPerMs;
      if (leftMs <= 0) this.#settle(this.#pending, false);
      try {
        await this.#peer.clock.sleep(
          Math.min(watchTickMs, Math.max(1, leftMs)),
          this.#closing.signal,
        );
      } catch {
        // Closed: nobody waits any more.
        break;
      }
    }
    this.#isWatching = false;
  }
}
