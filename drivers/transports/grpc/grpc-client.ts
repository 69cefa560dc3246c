import { Client, credentials, Metadata, status, type ChannelCredentials } from '@grpc/grpc-js';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import type { TlsOptions } from '../http/http-client.ts';
import { grpcError } from './grpc-error.ts';
import { reachServer, type ServerAddress } from './reach.ts';

/** A server and how to reach it. */
export interface GrpcClientOptions {
  /** `grpc://host:port`, or `grpcs://host:port` for an encrypted connection; `http` and `https` say the same. No credentials in it. */
  readonly url: string;
  /** Connections, 1 to 1024; calls are spread over them. */
  readonly connectionCount: number;
  /** Of one message, either way; default 64 MiB. */
  readonly messageBytesMax?: number;
  /** Only with `grpcs`. */
  readonly tls?: TlsOptions;
  readonly bearerToken?: string;
}

/** One unary call, in the bytes of its messages. */
export interface GrpcCall {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly message: Uint8Array;
  /** Travels to the server as the call's deadline. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a server answered. */
export interface GrpcAnswer {
  readonly message: Uint8Array;
  /** Text metadata of head and tail, lower case; the first value of each. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Run-clock instant when the answer was complete, with its status; nothing was parsed before it. */
  readonly completedAtNs: number;
}

/** What went over the wire so far, messages only. */
export interface GrpcCounters {
  readonly callCount: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Channels to one server. */
export interface GrpcClient extends AsyncDisposable {
  /**
   * Connects every channel before anything is timed.
   *
   * @throws LabError network/unreachable, network/tls-failed · the signal's reason
   */
  readonly warm: (signal: AbortSignal) => Promise<void>;
  /**
   * @throws LabError network/refused, network/server-error (the server's status), dut/timeout (the deadline),
   * network/closed (`details.answerBytes` null: a unary answer comes whole or not at all), network/unreachable,
   * network/tls-failed · the signal's reason
   */
  readonly unary: (call: GrpcCall) => Promise<GrpcAnswer>;
  readonly counters: () => GrpcCounters;
}

const connectionCountLimit = 1024;
const messageBytesMaxDefault = 64 * 1024 * 1024;
const reachTimeoutMs = 5_000;
/** What the library itself reports when a connection or a stream broke. */
const brokenStatuses = new Set<number>([
  status.UNAVAILABLE,
  status.INTERNAL,
  status.CANCELLED,
  status.UNKNOWN,
]);

const isSecure = (url: URL): boolean => url.protocol === 'grpcs:' || url.protocol === 'https:';

const usualPort = (url: URL): number => (isSecure(url) ? 443 : 80);

function addressOf(options: GrpcClientOptions): ServerAddress {
  const url = new URL(options.url);
  return {
    url: `${url.protocol}//${url.host}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usualPort(url) : Number(url.port),
    ...(isSecure(url) ? { tls: options.tls ?? {} } : {}),
  };
}

const pemBytes = (text: string | undefined): Buffer | null =>
  text === undefined ? null : Buffer.from(text);

function channelCredentials(tls: TlsOptions | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(pemBytes(tls.ca), pemBytes(tls.key), pemBytes(tls.certificate));
}

interface Channel {
  readonly client: Client;
  underWayCount: number;
}

function openChannel(address: ServerAddress, options: GrpcClientOptions): Channel {
  const messageBytesMax = options.messageBytesMax ?? messageBytesMaxDefault;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const client = new Client(`${host}:${address.port}`, channelCredentials(address.tls), {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    // Each channel has a connection of its own, and only we decide what is sent again.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    ...(address.tls?.serverName === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': address.tls.serverName }),
  });
  return { client, underWayCount: 0 };
}

function leastBusy(channels: readonly Channel[]): Channel {
  let chosen = assertDefined(channels[0], 'a client has a channel');
  for (const channel of channels) {
    if (channel.underWayCount < chosen.underWayCount) chosen = channel;
    if (chosen.underWayCount === 0) break;
  }
  return chosen;
}

function textMetadata(metadata: Metadata, into: Record<string, string>): void {
  for (const [name, value] of Object.entries(metadata.getMap())) {
    if (typeof value === 'string') into[name] ??= value;
  }
}

/** A call's end as the library reports it. */
interface CallEnd {
  readonly statusCode: number;
  readonly text: string;
  readonly isFromServer: boolean;
  readonly cause: unknown;
}

interface StartedCall {
  readonly channel: Channel;
  readonly call: GrpcCall;
  readonly metadata: Metadata;
  readonly clock: Clock;
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** Sends one message; the stamp is taken in the turn in which the status came. */
function startCall(started: StartedCall): Promise<GrpcAnswer | CallEnd> {
  const { channel, call, metadata, clock } = started;
  const { promise, resolve, reject } = Promise.withResolvers<GrpcAnswer | CallEnd>();
  const answerMetadata: Record<string, string> = {};
  const { message, path, timeoutMs, signal } = call;
  channel.underWayCount += 1;
  let completedAtNs = 0;
  let reply: Buffer | undefined;
  const running = channel.client.makeUnaryRequest<Buffer, Buffer>(
    path,
    asIs,
    asIs,
    Buffer.from(message.buffer, message.byteOffset, message.byteLength),
    metadata,
    { deadline: clock.utcMs() + timeoutMs },
    (error, value) => {
      completedAtNs = clock.nowNs();
      reply = value;
      if (error === null) return;
      const { code: statusCode, details: text, metadata: trailers } = error;
      // What the library makes up itself has no metadata of a server.
      const isFromServer = Object.keys(trailers.getMap()).length > 0;
      resolve({ statusCode, text, isFromServer, cause: error });
    },
  );
  const onAbort = (): void => {
    reject(signal.reason);
    running.cancel();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  running.on('metadata', (head) => textMetadata(head, answerMetadata));
  running.on('status', (end) => {
    textMetadata(end.metadata, answerMetadata);
    if (reply !== undefined) resolve({ message: reply, metadata: answerMetadata, completedAtNs });
  });
  return promise.finally(() => {
    channel.underWayCount -= 1;
    signal.removeEventListener('abort', onAbort);
  });
}

/** What a failed call means; a connection that broke is looked at with one of our own. */
async function callError(end: CallEnd, address: ServerAddress, call: GrpcCall): Promise<Error> {
  const { statusCode, text, isFromServer, cause } = end;
  const { url } = address;
  const isLinkFailure = brokenStatuses.has(statusCode) && !isFromServer;
  if (!isLinkFailure) return grpcError({ url, path: call.path, statusCode, text }, cause);
  try {
    await reachServer(address, AbortSignal.any([call.signal, AbortSignal.timeout(reachTimeoutMs)]));
  } catch (error) {
    if (hasCode(error, 'network/unreachable', 'network/tls-failed')) return error;
    call.signal.throwIfAborted();
  }
  const message = `the connection to ${url} was closed before the answer was whole`;
  const details = { url, path: call.path, text, answerBytes: null };
  return labError('network/closed', message, { details, cause });
}

function connectChannel({ client }: Channel, deadlineUtcMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.waitForReady(deadlineUtcMs, (error) => (error === undefined ? resolve() : reject(error)));
  return promise;
}

/**
 * A client of one server. Nothing is sent before the first call or `warm`.
 *
 * @param clock - of the run; stamps answers
 * @throws TypeError when the address is none
 */
export function openGrpcClient(options: GrpcClientOptions, clock: Clock): GrpcClient {
  const { connectionCount, bearerToken } = options;
  assert(
    connectionCount >= 1 && connectionCount <= connectionCountLimit,
    'a gRPC client has 1 to 1024 connections',
  );
  const address = addressOf(options);
  const channels = Array.from({ length: connectionCount }, () => openChannel(address, options));
  const metadata = new Metadata();
  if (bearerToken !== undefined) metadata.set('authorization', `Bearer ${bearerToken}`);
  const counters = { callCount: 0, bytesSent: 0, bytesReceived: 0 };

  return {
    warm: async (signal) => {
      await reachServer(address, signal);
      const deadlineUtcMs = clock.utcMs() + reachTimeoutMs;
      const ready = channels.map((channel) => connectChannel(channel, deadlineUtcMs));
      await raceSignal(Promise.all(ready), signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        const { url } = address;
        const message = `${url} takes connections but does not speak HTTP/2`;
        throw labError('network/unreachable', message, { details: { url }, cause });
      });
    },
    unary: async (call) => {
      call.signal.throwIfAborted();
      counters.callCount += 1;
      counters.bytesSent += call.message.length;
      const channel = leastBusy(channels);
      const end = await startCall({ channel, call, metadata: metadata.clone(), clock });
      if ('statusCode' in end) throw await callError(end, address, call);
      counters.bytesReceived += end.message.length;
      return end;
    },
    counters: () => ({ ...counters }),
    [Symbol.asyncDispose]: () => {
      for (const { client } of channels) client.close();
      return Promise.resolve();
    },
  };
}
