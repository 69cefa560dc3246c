import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { Type, type Static } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { isDeadline, withDeadline } from '#harness/kernel/deadline.ts';

import { socketTransport } from './socket-transport.ts';

const Path = Type.String({ minLength: 1 });

/** How a connection is encrypted; used in the configuration of drivers. */
export const TlsSchema = Type.Object(
  {
    caFile: Type.Optional(Path),
    certificateFile: Type.Optional(Path),
    keyFile: Type.Optional(Path),
    serverName: Type.Optional(
      Type.String({ minLength: 1, description: 'in the certificate; the host' }),
    ),
  },
  { additionalProperties: false },
);

/** Files of a TLS client; its own certificate and key where the server wants one. */
export type TlsSettings = Static<typeof TlsSchema>;

/** Where to connect. */
export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  /** Absent: not encrypted. */
  readonly tls?: TlsSettings;
  /** Until the connection must be up, handshake included; default 5000. */
  readonly connectTimeoutMs?: number;
}

const defaultConnectTimeoutMs = 5000;

/** `host:port`, an IPv6 address in brackets. */
function addressText({ host, port }: TcpOptions): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

async function readTlsFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw labError('network/tls-failed', `the file ${file} cannot be read`, {
      details: { file },
      cause,
    });
  }
}

async function startTls(options: TcpOptions, tls: TlsSettings): Promise<Socket> {
  const { host, port } = options;
  const { caFile, certificateFile, keyFile } = tls;
  const name = tls.serverName ?? host;
  const files = {
    ...(caFile === undefined ? {} : { ca: await readTlsFile(caFile) }),
    ...(certificateFile === undefined ? {} : { cert: await readTlsFile(certificateFile) }),
    ...(keyFile === undefined ? {} : { key: await readTlsFile(keyFile) }),
  };
  try {
    return connectTls({ host, port, ...(isIP(name) === 0 ? { servername: name } : {}), ...files });
  } catch (cause) {
    // Certificates or keys that are none.
    throw labError('network/tls-failed', `the TLS files for ${host} cannot be used`, {
      details: { host },
      cause,
    });
  }
}

interface Outcome {
  /** The TCP connection was up when it failed, so that TLS is the cause. */
  readonly wasReached: boolean;
  readonly cause: unknown;
}

function connectError(options: TcpOptions, { wasReached, cause }: Outcome): Error {
  const address = addressText(options);
  const words =
    isDeadline(cause) || !(cause instanceof Error) ? 'no answer in time' : cause.message;
  const rest = { details: { address }, cause };
  return wasReached
    ? labError('network/tls-failed', `TLS with ${address} failed: ${words}`, rest)
    : labError('network/unreachable', `${address} cannot be reached: ${words}`, rest);
}

async function connected(socket: Socket, options: TcpOptions, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>();
  const timer = withDeadline(options.connectTimeoutMs ?? defaultConnectTimeoutMs, signal);
  let wasReached = false;
  const fail = (cause: unknown): void =>
    done.reject(signal.aborted ? signal.reason : connectError(options, { wasReached, cause }));
  const onAbort = (): void => fail(timer.reason);
  const onClose = (): void => fail(new Error('the connection was closed'));
  timer.addEventListener('abort', onAbort);
  socket.once('connect', () => {
    wasReached = options.tls !== undefined;
  });
  socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => done.resolve());
  socket.once('error', fail);
  socket.once('close', onClose);
  try {
    await done.promise;
  } finally {
    timer.removeEventListener('abort', onAbort);
    socket.off('error', fail);
    socket.off('close', onClose);
  }
}

/**
 * Connects to a device. Small writes go out at once (TCP_NODELAY). With `tls` the server's certificate is always
 * checked, against `caFile` where it is given.
 *
 * @throws LabError network/unreachable, network/tls-failed · the signal's reason
 */
export async function openTcpTransport(
  options: TcpOptions,
  signal: AbortSignal,
): Promise<ByteTransport> {
  signal.throwIfAborted();
  const { host, port, tls } = options;
  const socket = tls === undefined ? connect({ host, port }) : await startTls(options, tls);
  try {
    await connected(socket, options, signal);
  } catch (error) {
    socket.on('error', () => undefined); // what still comes of it is no news
    socket.destroy();
    throw error;
  }
  return socketTransport(socket, addressText(options));
}
