import {
  encodeErrorFrame,
  type DeviceErrorName,
} from '#drivers/transports/device-protocol/device-errors.ts';
import { frameReader, type FrameDamage } from '#drivers/transports/device-protocol/frame-reader.ts';
import {
  greetingPayloadBytesMax,
  headerBytes,
  trailerBytes,
  type Frame,
} from '#drivers/transports/device-protocol/frame.ts';
import { encodePushFrame, type DevicePush } from '#drivers/transports/device-protocol/pushes.ts';
import { decodeRequest, requestTypes } from '#drivers/transports/device-protocol/requests.ts';
import type { TcpConnection } from '#drivers/transports/tcp/tcp-connection.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { isDeadline, raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import { DeviceRefusal } from './device-refusal.ts';
import { RequestAnswerer, type SharedDevice } from './request-answerer.ts';
import { ticksNow } from './ticks.ts';

/** What a session needs besides its connection. */
export interface HostSessionOptions {
  readonly shared: SharedDevice;
  readonly log: LogWriter;
}

type Arrived = { readonly frame: Frame; readonly arrivedTicks: bigint };
type Last = { readonly type: number; readonly sequence: number; readonly bytes: Uint8Array };

const alivePeriodMs = 500;
/** Until a connection has to be greeted, and authorised where that is needed. */
const greetingTimeoutMs = 10_000;
/** Until a host has to take a reply. */
const writeTimeoutMs = 10_000;
/** Pushes are left out while so much waits to be sent. */
const pushBacklogBytesMax = 1 << 20;
const firstReplyType = 128;
/** Frames that may wait before the host is held up. */
const waitingFramesMax = 2;

/** One connected host: frames in, replies and pushes out, one request after the other. */
export class HostSession {
  readonly #connection: TcpConnection;
  readonly #options: HostSessionOptions;
  readonly #answerer: RequestAnswerer;
  readonly #closing = new AbortController();
  readonly #waiting: Arrived[] = [];
  readonly #reader = frameReader(
    { payloadBytesMax: greetingPayloadBytesMax },
    (frame) => this.#take({ frame, arrivedTicks: this.#arrivedTicks }),
    (damage) => this.#reportDamage(damage),
  );
  #arrivedTicks = 0n;
  #atWork: { readonly frame: Frame; readonly giveUp: AbortController } | undefined;
  #working: Promise<void> | undefined;
  #last: Last | undefined;

  constructor(connection: TcpConnection, options: HostSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#answerer = new RequestAnswerer(options.shared, this.#push);
  }

  /** Serves until the host hangs up, breaks off, or `signal` aborts; then the connection is closed and nothing works any more. */
  async serve(signal: AbortSignal): Promise<void> {
    const closing = this.#closing.signal;
    const stop = AbortSignal.any([signal, closing]);
    const detach = this.#connection.onBytes((chunk) => {
      this.#arrivedTicks = ticksNow();
      this.#reader.push(chunk);
    });
    void this.#keepAlive(stop);
    void this.#awaitGreeting(stop);
    await raceSignal(this.#connection.ended, stop).catch(() => undefined);
    detach();
    this.#closing.abort(new Error('the host has gone'));
    this.#atWork?.giveUp.abort(closing.reason);
    this.#waiting.length = 0;
    await this.#working;
    await this.#answerer.end();
    await this.#connection[Symbol.asyncDispose]();
  }

  /** Sends it unasked, unless the host does not keep up. */
  readonly #push = (push: DevicePush): void => {
    if (this.#closing.signal.aborted) return;
    if (this.#connection.pendingBytes() > pushBacklogBytesMax) return;
    const bytes = encodePushFrame(push);
    const payloadBytes = bytes.length - headerBytes - trailerBytes;
    if (payloadBytes > this.#answerer.hostPayloadBytesMax) return;
    // A connection that has just ended is noticed by `serve`.
    void this.#connection.write(bytes, this.#closing.signal).catch(() => undefined);
  };

  #take(arrived: Arrived): void {
    const { type, sequence } = arrived.frame;
    // Neither pushes nor replies are for a device.
    if (sequence === 0 || type >= firstReplyType || this.#closing.signal.aborted) return;
    const atWork = this.#atWork;
    if (atWork !== undefined && this.#waiting.length === 0) {
      if (atWork.frame.sequence === sequence && atWork.frame.type === type) return;
      // A host asks anew only when it has given up what it asked before.
      if (atWork.frame.type === requestTypes.infer) {
        atWork.giveUp.abort(new DeviceRefusal('inference-failed', 'the host has given up'));
      }
    }
    this.#waiting.push(arrived);
    if (this.#waiting.length > waitingFramesMax) this.#connection.pause();
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        await this.#serveOne(next);
      } catch (error) {
        this.#breakOff(error);
        return;
      }
      if (this.#waiting.length === 0) this.#connection.resume();
    }
  }

  async #serveOne({ frame, arrivedTicks }: Arrived): Promise<void> {
    const { type, sequence } = frame;
    const last = this.#last;
    if (last !== undefined && last.type === type && last.sequence === sequence) {
      await this.#send(last.bytes);
      return;
    }
    const giveUp = new AbortController();
    const closing = this.#closing.signal;
    this.#atWork = { frame, giveUp };
    try {
      const signal = AbortSignal.any([giveUp.signal, closing]);
      const bytes = await this.#answer({ frame, arrivedTicks }, signal);
      closing.throwIfAborted();
      this.#last = { type, sequence, bytes };
      await this.#send(bytes);
    } finally {
      this.#atWork = undefined;
    }
    const { device } = this.#options.shared;
    await this.#answerer.afterReply(closing);
    if (!this.#answerer.isTrusted) throw new Error('the host tried too many tokens');
    const payloadBytesMax = this.#answerer.isGreeted
      ? device.limits.payloadBytesMax
      : greetingPayloadBytesMax;
    this.#reader.setLimits({ payloadBytesMax });
  }

  async #answer({ frame, arrivedTicks }: Arrived, signal: AbortSignal): Promise<Uint8Array> {
    const { type, sequence, payload } = frame;
    const { log } = this.#options;
    const refuse = (name: DeviceErrorName, words: string): Uint8Array =>
      encodeErrorFrame(sequence, { name, requestType: type, words });
    try {
      const request = decodeRequest(type, payload);
      if (request === 'unknown-request') return refuse(request, `there is no request ${type}`);
      this.#answerer.checkGreeted(type);
      if (request === 'bad-payload') return refuse(request, `of request ${type}`);
      return await this.#answerer.answer(request, { sequence, arrivedTicks, signal });
    } catch (error) {
      if (error instanceof DeviceRefusal) return refuse(error.errorName, error.message);
      this.#closing.signal.throwIfAborted();
      const words = error instanceof Error ? error.message : String(error);
      log({ level: 'error', message: 'a request failed', fields: { type, error: words } });
      return refuse('internal', words);
    }
  }

  #reportDamage(damage: FrameDamage): void {
    if (damage.kind === 'noise' || damage.sequence === 0 || damage.type >= firstReplyType) return;
    const { type, sequence } = damage;
    const words = 'the CRC-32 was wrong';
    const error = encodeErrorFrame(sequence, { name: 'damaged-frame', requestType: type, words });
    if (this.#connection.pendingBytes() > pushBacklogBytesMax) return;
    void this.#connection.write(error, this.#closing.signal).catch(() => undefined);
  }

  async #send(bytes: Uint8Array): Promise<void> {
    await this.#connection.write(bytes, withDeadline(writeTimeoutMs, this.#closing.signal));
  }

  async #keepAlive(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.shared;
    let before: Frame | undefined;
    while (!signal.aborted) {
      await clock.sleep(alivePeriodMs, signal).catch(() => undefined);
      const frame = this.#atWork?.frame;
      if (frame !== undefined && frame === before) {
        this.#push({ kind: 'alive', progress: this.#answerer.progress });
      }
      before = frame;
    }
  }

  /** A connection that says nothing must not keep a place for ever. */
  async #awaitGreeting(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.shared;
    await clock.sleep(greetingTimeoutMs, signal).catch(() => undefined);
    if (!this.#answerer.isServed) this.#closing.abort(new Error('the host did not say who it is'));
  }

  #breakOff(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const reason = isDeadline(error) ? 'the host takes no replies' : 'the connection broke';
    const fields = { host: this.#connection.path, error: String(error) };
    this.#options.log({ level: 'warn', message: reason, fields });
    this.#closing.abort(error);
  }
}
