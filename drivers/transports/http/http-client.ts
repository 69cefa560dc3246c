import { Pool, type Dispatcher } from 'undici';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { httpError } from './http-error.ts';

/** Whom to trust and who we are; PEM texts. */
export interface TlsOptions {
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
  /** The name that the server's certificate must have; absent: the host of the address. */
  readonly serverName?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** A server and how to reach it. */
export interface HttpClientOptions {
  /** `http://host:port/prefix` or `https:…`; paths of requests are appended. No credentials in it. */
  readonly baseUrl: string;
  /** Connections kept open at most, 1 to 1024; one request at a time on each. */
  readonly connectionCountMax: number;
  /** Until a connection must stand, with its encryption; default 5000. */
  readonly connectTimeoutMs?: number;
  /** A longer body is refused as network/malformed-answer; default 64 MiB. */
  readonly bodyBytesMax?: number;
  readonly tls?: TlsOptions;
  readonly bearerToken?: string;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Appended to the base address, `v2/health/live`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Must not change until the request has ended. */
  readonly body?: Uint8Array | string;
  /** Ends the exchange and its connection. */
  readonly signal: AbortSignal;
  /**
   * Takes the body of a 2xx answer piece by piece, each with the run-clock instant of its arrival; `body` of the answer
   * is empty then. Bodies of other answers come whole, as without it. What it throws ends the exchange.
   */
  readonly onBytes?: (chunk: Uint8Array, arrivedAtNs: number) => void;
}

/** What a server answered, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; of a repeated header, the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Run-clock instant when the last byte of the answer arrived; nothing was parsed before it. */
  readonly completedAtNs: number;
}

/** What went over the wire so far, bodies only. */
export interface HttpCounters {
  readonly requestCount: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Connections to open ahead of time. */
export interface HttpWarmUp {
  /** Asked once on each connection; any answer will do. */
  readonly path: string;
  readonly connectionCount: number;
  readonly signal: AbortSignal;
}

/** A pool of keep-alive connections with TCP_NODELAY. */
export interface HttpClient extends AsyncDisposable {
  /**
   * Sends one request and waits for the whole answer. Redirects are not followed, nothing is sent twice.
   *
   * @throws LabError network/unreachable, network/tls-failed, network/closed (`details.answerBytes` null: before the
   * status line), network/malformed-answer · the signal's reason
   */
  readonly request: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Opens that many connections before anything is timed. @throws as `request` */
  readonly warm: (warmUp: HttpWarmUp) => Promise<void>;
  /** Connections that stand now. */
  readonly connectedCount: () => number;
  readonly counters: () => HttpCounters;
}

const connectionCountLimit = 1024;
const connectTimeoutMsDefault = 5_000;
const bodyBytesMaxDefault = 64 * 1024 * 1024;
/** An idle connection is kept this long where the server states no shorter time. */
const keepAliveMs = 600_000;

function openPool(origin: string, options: HttpClientOptions): Pool {
  const { tls } = options;
  return new Pool(origin, {
    connections: options.connectionCountMax,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // Deadlines are the caller's signals.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: options.connectTimeoutMs ?? connectTimeoutMsDefault,
      noDelay: true,
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
      ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
    },
  });
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = typeof value === 'string' ? value : value?.[0];
    if (first !== undefined) plain[name.toLowerCase()] = first;
  }
  return plain;
}

function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

interface Exchange {
  readonly url: string;
  readonly clock: Clock;
  readonly bodyBytesMax: number;
  readonly onReceived: (byteCount: number) => void;
}

interface PendingAnswer {
  readonly answer: Promise<HttpAnswer>;
  readonly handler: Dispatcher.DispatchHandler;
  /** Ends the exchange wherever it stands. */
  readonly abort: (reason: unknown) => void;
}

/** Gathers one answer; `onResponseEnd` takes the stamp before anything else happens. */
function pendingAnswer(request: HttpRequest, exchange: Exchange): PendingAnswer {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const { url, clock, bodyBytesMax, onReceived } = exchange;
  const chunks: Uint8Array[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let ended: Error | undefined;
  let status = 0;
  let headers: Readonly<Record<string, string | string[] | undefined>> = {};
  let byteCount = 0;

  const abort = (reason: unknown): void => {
    reject(reason);
    ended ??= reason instanceof Error ? reason : new Error('the exchange was ended');
    controller?.abort(ended);
  };
  const take = (chunk: Uint8Array): void => {
    const arrivedAtNs = clock.nowNs();
    byteCount += chunk.length;
    onReceived(chunk.length);
    if (byteCount > bodyBytesMax) {
      const details = { url, bodyBytesMax };
      throw labError('network/malformed-answer', `the answer of ${url} is too long`, { details });
    }
    if (request.onBytes === undefined || status >= 300) chunks.push(chunk);
    else request.onBytes(chunk, arrivedAtNs);
  };
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      if (ended !== undefined) started.abort(ended);
    },
    onResponseStart: (_, statusCode, responseHeaders) => {
      status = statusCode;
      headers = responseHeaders;
    },
    onResponseData: (_, chunk) => {
      if (ended !== undefined) return;
      try {
        take(chunk);
      } catch (error) {
        abort(error);
      }
    },
    onResponseEnd: () => {
      const completedAtNs = clock.nowNs();
      const body = joinChunks(chunks);
      resolve({ status, headers: plainHeaders(headers), body, completedAtNs });
    },
    onResponseError: (_, cause) => {
      const answerBytes = status === 0 ? undefined : byteCount;
      const isConnected = controller !== undefined;
      const isTls = url.startsWith('https:');
      reject(httpError(cause, { url, answerBytes, isTls, isConnected }));
    },
  };
  return { answer: promise, handler, abort };
}

/**
 * A client of one server. Nothing is sent before the first request or `warm`.
 *
 * @param clock - of the run; stamps arrivals
 * @throws TypeError when the address is none
 */
export function openHttpClient(options: HttpClientOptions, clock: Clock): HttpClient {
  const { connectionCountMax, bodyBytesMax = bodyBytesMaxDefault } = options;
  assert(
    connectionCountMax >= 1 && connectionCountMax <= connectionCountLimit,
    'an HTTP client has 1 to 1024 connections',
  );
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = openPool(base.origin, options);
  const authorization: Readonly<Record<string, string>> =
    options.bearerToken === undefined ? {} : { authorization: `Bearer ${options.bearerToken}` };
  const counters = { requestCount: 0, bytesSent: 0, bytesReceived: 0 };
  const exchange: Exchange = {
    url: `${base.origin}${prefix}`,
    clock,
    bodyBytesMax,
    onReceived: (byteCount) => {
      counters.bytesReceived += byteCount;
    },
  };

  const request = async (asked: HttpRequest): Promise<HttpAnswer> => {
    const { method, path, headers, body, signal } = asked;
    signal.throwIfAborted();
    const pending = pendingAnswer(asked, exchange);
    const onAbort = (): void => pending.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    counters.requestCount += 1;
    counters.bytesSent += body === undefined ? 0 : Buffer.byteLength(body);
    pool.dispatch(
      {
        method,
        path: `${prefix}/${path.replace(/^\/+/, '')}`,
        headers: { ...authorization, ...headers },
        body: body ?? null,
      },
      pending.handler,
    );
    try {
      return await pending.answer;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };

  return {
    request,
    warm: async ({ path, connectionCount, signal }) => {
      const ask = (): Promise<HttpAnswer> => request({ method: 'GET', path, signal });
      const asked = Array.from({ length: Math.min(connectionCount, connectionCountMax) }, ask);
      await Promise.all(asked);
    },
    connectedCount: () => pool.stats.connected,
    counters: () => ({ ...counters }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
