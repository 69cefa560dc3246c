import {
  greetingPayloadBytesMax,
  headerBytes,
  trailerBytes,
} from '#drivers/transports/device-protocol/frame.ts';
import type { DevicePush } from '#drivers/transports/device-protocol/pushes.ts';
import {
  encodeReplyFrame,
  type DeviceReplies,
} from '#drivers/transports/device-protocol/replies.ts';
import {
  requestTypes,
  type DeviceRequest,
  type RequestKind,
  type RequestOf,
} from '#drivers/transports/device-protocol/requests.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { AccessToken } from './access-token.ts';
import type { AgentDevice } from './agent-device.ts';
import type { BoardIdentity } from './board-identity.ts';
import { DeviceRefusal } from './device-refusal.ts';
import type { HostGate } from './host-gate.ts';
import type { Telemetry, TelemetrySubscription } from './telemetry/telemetry.ts';
import { ticksNow, ticksPerSecond } from './ticks.ts';

/** The agent as all its hosts share it. */
export interface SharedDevice {
  readonly device: AgentDevice;
  readonly identity: BoardIdentity;
  readonly gate: HostGate;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Absent: hosts need none. */
  readonly token?: AccessToken;
}

/** What came with a request. */
export interface RequestFacts {
  readonly sequence: number;
  readonly arrivedTicks: bigint;
  /** Aborts when the host has gone or has given the request up. */
  readonly signal: AbortSignal;
}

const version = 1;
const tickBits = 64;
/** A wrong token costs this time, and after so many the connection. */
const wrongTokenDelayMs = 250;
const wrongTokenCountMax = 3;

type Greeting =
  | { readonly phase: 'none' }
  | { readonly phase: 'greeted' }
  | { readonly phase: 'served'; readonly leave: () => void };

/** What one host is answered. Knows requests and replies, nothing of the connection. */
export class RequestAnswerer {
  readonly #shared: SharedDevice;
  readonly #push: (push: DevicePush) => void;
  #greeting: Greeting = { phase: 'none' };
  #hostPayloadBytesMax = greetingPayloadBytesMax;
  #subscription: TelemetrySubscription | undefined;
  #wrongTokenCount = 0;
  #isResetDue = false;

  constructor(shared: SharedDevice, push: (push: DevicePush) => void) {
    this.#shared = shared;
    this.#push = push;
  }

  get isGreeted(): boolean {
    return this.#greeting.phase !== 'none';
  }

  get isServed(): boolean {
    return this.#greeting.phase === 'served';
  }

  get hostPayloadBytesMax(): number {
    return this.#hostPayloadBytesMax;
  }

  /** For ALIVE. */
  get progress(): number {
    return this.#shared.device.progress;
  }

  /** Whether the host has tried so many tokens that it is hung up on. */
  get isTrusted(): boolean {
    return this.#wrongTokenCount < wrongTokenCountMax;
  }

  /** @throws DeviceRefusal not-greeted when HELLO, or AUTH, has to come before this request */
  checkGreeted(type: number): void {
    const { phase } = this.#greeting;
    if (type === requestTypes.hello || phase === 'served') return;
    if (phase === 'none') throw new DeviceRefusal('not-greeted', 'HELLO comes first');
    if (type !== requestTypes.auth) throw new DeviceRefusal('not-greeted', 'AUTH is missing');
  }

  /**
   * The frame that answers it.
   *
   * @throws DeviceRefusal · LabError · the signal's reason
   */
  async answer(request: DeviceRequest, facts: RequestFacts): Promise<Uint8Array> {
    const bytes = await this.#replyTo(request, facts);
    const payloadBytes = bytes.length - headerBytes - trailerBytes;
    if (payloadBytes <= this.#hostPayloadBytesMax) return bytes;
    throw new DeviceRefusal(
      'unsupported',
      `the reply has ${payloadBytes} bytes, the host takes less`,
    );
  }

  /** What is only done once the reply is out: the boot after RESET. */
  async afterReply(signal: AbortSignal): Promise<void> {
    if (!this.#isResetDue) return;
    this.#isResetDue = false;
    const { device } = this.#shared;
    try {
      await device.reset(signal);
    } finally {
      await this.end();
    }
    this.#push({ kind: 'booted', bootCount: device.bootCount });
  }

  /** Ends the session: subscription, sample, and the place of the one host that is served. */
  async end(): Promise<void> {
    await this.#unsubscribe();
    const greeting = this.#greeting;
    this.#greeting = { phase: 'none' };
    this.#hostPayloadBytesMax = greetingPayloadBytesMax;
    if (greeting.phase !== 'served') return;
    this.#shared.device.release();
    greeting.leave();
  }

  // oxlint-disable-next-line complexity -- one case for each request of the protocol
  async #replyTo(request: DeviceRequest, facts: RequestFacts): Promise<Uint8Array> {
    const { device } = this.#shared;
    const { sequence, signal, arrivedTicks } = facts;
    const seal = <Kind extends RequestKind>(kind: Kind, reply: DeviceReplies[Kind]): Uint8Array =>
      encodeReplyFrame(sequence, kind, reply);
    switch (request.kind) {
      case 'hello':
        return seal('hello', await this.#greet(request, signal));
      case 'auth':
        await this.#authorise(request.token, signal);
        return seal('auth', null);
      case 'status':
        return seal('status', device.status());
      case 'clock': {
        const { cookie } = request;
        return seal('clock', { cookie, arrivedTicks, handedOverTicks: ticksNow() });
      }
      case 'model-begin':
        return seal('model-begin', await device.beginModel(request, signal));
      case 'model-data':
        return seal('model-data', await device.takeModelPart(request.offset, request.bytes));
      case 'model-end':
        await device.finishModel(signal);
        return seal('model-end', null);
      case 'load':
        return seal('load', device.load(request));
      case 'infer':
        return seal('infer', await device.infer(request.inferenceCount, signal));
      case 'subscribe':
      case 'release':
      case 'reset':
        return this.#replyToRest(request, sequence);
    }
  }

  async #replyToRest(
    request: RequestOf<'subscribe' | 'release' | 'reset'>,
    sequence: number,
  ): Promise<Uint8Array> {
    switch (request.kind) {
      case 'subscribe':
        return encodeReplyFrame(sequence, 'subscribe', await this.#subscribe(request.periodMs));
      case 'release':
        await this.#unsubscribe();
        this.#shared.device.release();
        return encodeReplyFrame(sequence, 'release', null);
      case 'reset':
        this.#isResetDue = true;
        return encodeReplyFrame(sequence, 'reset', null);
    }
  }

  async #greet(request: RequestOf<'hello'>, signal: AbortSignal): Promise<DeviceReplies['hello']> {
    await this.end();
    const { lowestVersion, highestVersion, payloadBytesMax } = request;
    if (lowestVersion > highestVersion || payloadBytesMax < greetingPayloadBytesMax) {
      throw new DeviceRefusal(
        'bad-payload',
        `a host takes ${greetingPayloadBytesMax} bytes or more`,
      );
    }
    if (lowestVersion > version || highestVersion < version) {
      throw new DeviceRefusal('unsupported-version', `this agent speaks version ${version}`);
    }
    const { device, identity, telemetry, token } = this.#shared;
    if (token === undefined) await this.#enter(signal);
    else this.#greeting = { phase: 'greeted' };
    this.#hostPayloadBytesMax = payloadBytesMax;
    return {
      version,
      ...device.limits,
      ticksPerSecond,
      tickBits,
      takesModels: true,
      hasTelemetry: telemetry.channels.length > 0,
      needsToken: token !== undefined,
      bootCount: device.bootCount,
      ...identity,
    };
  }

  async #authorise(given: Uint8Array, signal: AbortSignal): Promise<void> {
    const { token, clock } = this.#shared;
    if (token === undefined) return;
    if (!token.isRight(given)) {
      await this.end();
      this.#greeting = { phase: 'greeted' };
      this.#wrongTokenCount += 1;
      await clock.sleep(wrongTokenDelayMs, signal);
      throw new DeviceRefusal('denied', 'the token is wrong');
    }
    if (!this.isServed) await this.#enter(signal);
  }

  async #enter(signal: AbortSignal): Promise<void> {
    const leave = await this.#shared.gate.enter(signal);
    if (leave === undefined) throw new DeviceRefusal('busy', 'another host is served');
    this.#greeting = { phase: 'served', leave };
  }

  async #subscribe(periodMs: number): Promise<DeviceReplies['subscribe']> {
    const { telemetry } = this.#shared;
    if (telemetry.channels.length === 0) {
      throw new DeviceRefusal('unsupported', 'no source of telemetry was found');
    }
    await this.#unsubscribe();
    if (periodMs > 0) this.#subscription = telemetry.subscribe(periodMs, this.#push);
    return { channels: telemetry.channels };
  }

  async #unsubscribe(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await subscription?.[Symbol.asyncDispose]();
  }
}
