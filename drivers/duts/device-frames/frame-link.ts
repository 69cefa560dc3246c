import type { LinkCounters } from '#harness/contracts/records/run-record.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { decodeError, errorType } from '../../transports/device-protocol/device-errors.ts';
import { frameReader, type FrameDamage } from '../../transports/device-protocol/frame-reader.ts';
import { greetingPayloadBytesMax, type Frame } from '../../transports/device-protocol/frame.ts';
import {
  decodePush,
  isPushType,
  type DevicePush,
} from '../../transports/device-protocol/pushes.ts';
import {
  decodeReply,
  replyTypeOffset,
  type DeviceReplies,
} from '../../transports/device-protocol/replies.ts';
import {
  encodeRequestFrame,
  requestTypes,
  type RequestKind,
  type RequestOf,
} from '../../transports/device-protocol/requests.ts';
import { abortError, garbledError, goneError, rebootedError, silentError } from './link-errors.ts';
import type { OpenedLink } from './open-link.ts';
import { refusalError } from './refusal.ts';
import { replyWait, type ReplyWait } from './reply-wait.ts';

/** Who is at the other end, and who hears what it says unasked. */
export interface LinkPeer {
  readonly boardId: string;
  readonly clock: Clock;
  readonly replyTimeoutMs: number;
  readonly retryCountMax: number;
  /** Called on the tick of arrival, for all but BOOTED and ALIVE. */
  readonly onPush: (push: DevicePush) => void;
}

/** A reply and when what was sent and came; run-clock instants. */
export interface Answered<Kind extends RequestKind> {
  readonly reply: DeviceReplies[Kind];
  /** Of the first try: the device may have worked on any. */
  readonly firstSentAtNs: number;
  readonly receivedAtNs: number;
  readonly tryCount: number;
}

type Request<Kind extends RequestKind> = RequestOf<Kind> & { readonly kind: Kind };

/** How one try ended. */
type TryEnd =
  | { readonly end: 'frame'; readonly frame: Frame }
  | { readonly end: 'silence' | 'damage' };

interface Pending {
  readonly kind: RequestKind;
  readonly sequence: number;
  readonly resolve: (end: TryEnd) => void;
  readonly reject: (reason: unknown) => void;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Payload bytes that we take: 65 536 values of an answer, and more. */
export const hostPayloadBytesMax = 1_048_576;
/** Silence within a frame, or after noise, that shows that no more of it comes. */
const gapMs = 150;
const watchTickMs = 25;
/** Ends a frame that has lost some bytes; no magic is in it. */
const padding = Buffer.alloc(32);
const nsPerMs = 1e6;

/**
 * One outstanding request: finds its reply, repeats it after damage and silence, and knows of boots. It holds no
 * meaning of any request.
 */
export class FrameLink implements AsyncDisposable {
  readonly counters: Mutable<LinkCounters> = {
    bytesSent: 0,
    bytesReceived: 0,
    commandCount: 0,
    retryCount: 0,
    resyncCount: 0,
    garbledReplyCount: 0,
  };
  readonly opened: OpenedLink;
  readonly #peer: LinkPeer;
  readonly #waits: ReplyWait;
  readonly #reader = frameReader(
    { payloadBytesMax: greetingPayloadBytesMax },
    (frame) => this.#onFrame(frame),
    (damage) => this.#onDamage(damage),
  );
  readonly #closing = new AbortController();
  #sequence: number;
  #pending: Pending | undefined;
  #signal: AbortSignal | undefined;
  #deadlineAtNs = 0;
  /** When the device last showed that it lives. */
  #signAtNs = 0;
  #receivedAtNs = 0;
  #isWatching = false;
  /** The last try ended in silence on a line that loses bytes. */
  #mayWaitForMore = false;
  /** Undefined while a boot is expected. */
  #knownBootCount: number | undefined;
  #hasRebooted = false;
  #hasEchoed = false;
  #soundFrameCount = 0;
  #fatal: Error | undefined;

  constructor(opened: OpenedLink, peer: LinkPeer) {
    this.opened = opened;
    this.#peer = peer;
    this.#waits = replyWait(opened.bytesPerSecond !== undefined, peer.replyTimeoutMs);
    // A device may still hold its last reply to a host before us: start elsewhere each time.
    this.#sequence = peer.clock.utcMs() >>> 0;
    opened.transport.onBytes((chunk) => this.#onBytes(chunk));
    void this.#followEnd();
  }

  get nowNs(): number {
    return this.#peer.clock.nowNs();
  }

  /** What came instead of an answer, to tell what is wrong with a line. */
  get impression(): { readonly hasEchoed: boolean; readonly soundFrameCount: number } {
    return { hasEchoed: this.#hasEchoed, soundFrameCount: this.#soundFrameCount };
  }

  /** From now on BOOTED is no failure, and payloads are bounded as before HELLO. */
  expectBoot(): void {
    this.#knownBootCount = undefined;
    this.#hasRebooted = false;
    this.#reader.setLimits({ payloadBytesMax: greetingPayloadBytesMax });
  }

  /** From now on BOOTED of another life than this one is a failure. */
  greeted(bootCount: number): void {
    this.#knownBootCount = bootCount;
    this.#reader.setLimits({ payloadBytesMax: hostPayloadBytesMax });
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
   * Sends a request and waits for its reply, repeating the frame with its sequence where something was lost.
   *
   * @throws LabError dut/timeout (silence without ALIVE, or the call's deadline), dut/garbled-reply (damage without
   *   end), dut/rebooted, what `refusalError` makes of an error, and how the transport ended
   */
  async ask<Kind extends RequestKind>(
    request: Request<Kind>,
    silenceMs: number = this.#peer.replyTimeoutMs,
  ): Promise<Answered<Kind>> {
    const firstSentAtNs = this.nowNs;
    this.#signAtNs = firstSentAtNs;
    const sequence = this.#nextSequence();
    const bytes = encodeRequestFrame<Kind>(sequence, request);
    let waitMs = Math.min(this.#waits.firstWaitMs(request.kind), silenceMs);
    for (let tryCount = 1; ; tryCount += 1) {
      const ended = await this.#try(request.kind, { sequence, bytes, waitMs });
      if (ended.end === 'frame') {
        const reply = this.#readReply(request.kind, ended.frame);
        if (reply !== undefined) {
          const receivedAtNs = this.#receivedAtNs;
          if (tryCount === 1)
            this.#waits.learn(request.kind, (receivedAtNs - firstSentAtNs) / nsPerMs);
          return { reply, firstSentAtNs, receivedAtNs, tryCount };
        }
        this.counters.garbledReplyCount += 1;
      }
      this.#checkPatience(request.kind, { ended, silenceMs, tryCount });
      if (ended.end === 'silence') waitMs = Math.min(waitMs * 2, silenceMs);
      this.counters.retryCount += 1;
    }
  }

  /**
   * The same with a single try.
   *
   * @param patience - how many times as long as usual silence is borne
   * @returns how it was lost, else the reply
   */
  async askOnce<Kind extends RequestKind>(
    request: Request<Kind>,
    patience: number,
  ): Promise<DeviceReplies[Kind] | 'silence' | 'damage'> {
    const { replyTimeoutMs } = this.#peer;
    const waitMs = Math.min(replyTimeoutMs, this.#waits.firstWaitMs(request.kind) * patience);
    const sentAtNs = this.nowNs;
    this.#signAtNs = sentAtNs;
    const sequence = this.#nextSequence();
    const bytes = encodeRequestFrame<Kind>(sequence, request);
    const ended = await this.#try(request.kind, { sequence, bytes, waitMs });
    if (ended.end !== 'frame') return ended.end;
    const reply = this.#readReply(request.kind, ended.frame);
    if (reply === undefined) {
      this.counters.garbledReplyCount += 1;
      return 'damage';
    }
    this.#waits.learn(request.kind, (this.#receivedAtNs - sentAtNs) / nsPerMs);
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.opened.transport[Symbol.asyncDispose]();
  }

  #nextSequence(): number {
    this.#sequence = this.#sequence >= 0xffff_ffff ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  #try(
    kind: RequestKind,
    { sequence, bytes, waitMs }: { sequence: number; bytes: Uint8Array; waitMs: number },
  ): Promise<TryEnd> {
    const signal = this.#signal;
    assert(signal !== undefined && this.#pending === undefined, 'one request at a time');
    const failure = this.#failureBefore(signal);
    if (failure !== undefined) return Promise.reject(failure);
    if (this.#reader.heldBytes() > 0) {
      // What was begun was not ended: the frame that comes must not be taken for its rest.
      this.counters.resyncCount += 1;
      this.#reader.reset();
    }
    const { promise, resolve, reject } = Promise.withResolvers<TryEnd>();
    this.#pending = { kind, sequence, resolve, reject };
    this.#send(bytes, signal);
    this.#deadlineAtNs = this.nowNs + (waitMs + this.#lineMs(bytes.length)) * nsPerMs;
    if (!this.#isWatching) void this.#watch();
    return promise;
  }

  #send(frame: Uint8Array, signal: AbortSignal): void {
    // Where a byte was lost on the way there, the device waits for the end of a frame: it must not be this one's head.
    const bytes = this.#mayWaitForMore ? Buffer.concat([padding, frame]) : frame;
    if (this.#mayWaitForMore) this.counters.resyncCount += 1;
    this.#mayWaitForMore = false;
    this.counters.bytesSent += bytes.length;
    this.counters.commandCount += 1;
    this.opened.transport.write(bytes, signal).catch((error: unknown) => this.#fail(error));
  }

  #lineMs(byteCount: number): number {
    const { bytesPerSecond } = this.opened;
    return bytesPerSecond === undefined ? 0 : (byteCount / bytesPerSecond) * 1000;
  }

  /** @returns undefined for a payload that makes no sense */
  #readReply<Kind extends RequestKind>(kind: Kind, frame: Frame): DeviceReplies[Kind] | undefined {
    if (frame.type !== errorType) return decodeReply(kind, frame.payload);
    const error = decodeError(frame.payload);
    if (error !== undefined) throw refusalError(this.#peer.boardId, kind, error);
    return undefined;
  }

  /** Ends the request when the device was silent for too long, or was damaged too often. */
  #checkPatience(
    kind: RequestKind,
    { ended, silenceMs, tryCount }: { ended: TryEnd; silenceMs: number; tryCount: number },
  ): void {
    const { boardId, retryCountMax } = this.#peer;
    const silentMs = (this.nowNs - this.#signAtNs) / nsPerMs;
    const details = { boardId, path: this.opened.transport.path, request: kind, tryCount };
    if (ended.end === 'silence' && silentMs >= silenceMs) throw silentError(silentMs, details);
    if (tryCount > retryCountMax) throw garbledError(details);
  }

  async #followEnd(): Promise<void> {
    this.#fatal = goneError(this.#peer.boardId, this.opened, await this.opened.transport.ended);
    this.#fail(this.#fatal);
  }

  #failureBefore(signal: AbortSignal): Error | undefined {
    if (this.#fatal !== undefined) return this.#fatal;
    if (signal.aborted) return this.#abortError(signal);
    if (!this.#hasRebooted || this.#knownBootCount === undefined) return undefined;
    this.#hasRebooted = false;
    return rebootedError(this.#peer.boardId);
  }

  #abortError(signal: AbortSignal): Error {
    return abortError(this.#peer.boardId, this.opened.transport.path, signal);
  }

  #onBytes(chunk: Uint8Array): void {
    this.#receivedAtNs = this.nowNs;
    this.counters.bytesReceived += chunk.length;
    this.#reader.push(chunk);
    if (this.#reader.heldBytes() > 0) this.#expectMore();
  }

  /** More of a frame is due shortly: its end is waited for as long as bytes flow, and not longer. */
  #expectMore(): void {
    this.#deadlineAtNs = this.#receivedAtNs + gapMs * nsPerMs;
  }

  #onFrame(frame: Frame): void {
    this.#soundFrameCount += 1;
    if (isPushType(frame.type)) {
      this.#onPush(decodePush(frame.type, frame.payload));
      return;
    }
    const pending = this.#pending;
    if (pending === undefined || frame.sequence !== pending.sequence) return;
    const type = requestTypes[pending.kind];
    if (frame.type === type) this.#hasEchoed = true;
    if (frame.type !== errorType && frame.type !== type + replyTypeOffset) return;
    this.#signAtNs = this.#receivedAtNs;
    const isDamageReport =
      frame.type === errorType && decodeError(frame.payload)?.name === 'damaged-frame';
    this.#settle(pending, isDamageReport ? { end: 'damage' } : { end: 'frame', frame });
  }

  #onPush(push: DevicePush | undefined): void {
    if (push === undefined) return;
    if (push.kind === 'alive') {
      this.#signAtNs = this.#receivedAtNs;
      this.#deadlineAtNs = this.#receivedAtNs + this.#peer.replyTimeoutMs * nsPerMs;
    } else if (push.kind === 'booted') {
      const known = this.#knownBootCount;
      // The push of the life that answered HELLO may come after that answer.
      if (known === undefined || push.bootCount === known) return;
      if (this.#pending === undefined) this.#hasRebooted = true;
      else this.#fail(rebootedError(this.#peer.boardId));
    } else this.#peer.onPush(push);
  }

  #onDamage(damage: FrameDamage): void {
    this.counters.garbledReplyCount += 1;
    const pending = this.#pending;
    if (pending === undefined) return;
    if (damage.kind === 'noise') {
      // It may have been the reply: soon it is asked for again.
      const soonAtNs = this.#receivedAtNs + gapMs * nsPerMs;
      this.#deadlineAtNs = Math.min(this.#deadlineAtNs, soonAtNs);
    } else if (damage.sequence === pending.sequence) {
      this.#signAtNs = this.#receivedAtNs;
      this.#settle(pending, { end: 'damage' });
    }
  }

  #settle(pending: Pending, end: TryEnd): void {
    this.#pending = undefined;
    pending.resolve(end);
  }

  #fail(reason: unknown): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    pending.reject(reason);
  }

  /** Notices silence. It wakes some times a second while requests are under way, whatever their number. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    while (this.#pending !== undefined) {
      const leftMs = (this.#deadlineAtNs - this.nowNs) / nsPerMs;
      if (leftMs <= 0) {
        this.#mayWaitForMore = this.opened.bytesPerSecond !== undefined;
        this.#settle(this.#pending, { end: 'silence' });
      }
      const sleepMs = Math.min(watchTickMs, Math.max(1, leftMs));
      try {
        await this.#peer.clock.sleep(sleepMs, this.#closing.signal);
      } catch {
        // Closed: nobody waits any more.
        break;
      }
    }
    this.#isWatching = false;
  }
}
