import {
  createServer as createPlainServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import { tcpConnection, type TcpConnection } from './tcp-connection.ts';

/** Who we are and whom we let in; PEM. */
export interface ServerTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Present: only clients with a certificate that this one signed. */
  readonly clientCa?: Buffer;
}

/** Where to listen and for whom. */
export interface TcpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: ServerTls;
  /** More than these are hung up on. */
  readonly connectionCountMax: number;
  /** Called for each connection, after the TLS handshake; whoever takes it closes it. */
  readonly onConnection: (connection: TcpConnection) => void;
  /** A handshake that failed. */
  readonly onRefused?: (remote: string, cause: Error) => void;
}

/** Listens until it is closed; connections live on. */
export interface TcpServer extends AsyncDisposable {
  readonly port: number;
}

const handshakeTimeoutMs = 10_000;

function remoteName(socket: Socket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}

function serverFor({ tls, onConnection, onRefused }: TcpServerOptions): Server {
  const take = (socket: Socket): void => onConnection(tcpConnection(socket, remoteName(socket)));
  if (tls === undefined) return createPlainServer(take);
  const server = createTlsServer(
    {
      cert: tls.certificate,
      key: tls.key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
      ...(tls.clientCa === undefined
        ? {}
        : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    take,
  );
  server.on('tlsClientError', (cause, socket) => {
    onRefused?.(remoteName(socket), cause);
    socket.destroy();
  });
  return server;
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

/**
 * Listens for connections, encrypted where `tls` is given.
 *
 * @throws LabError agent/listen-failed, agent/bad-secret for certificates that are none · the signal's reason
 */
export async function listenTcp(
  options: TcpServerOptions,
  signal: AbortSignal,
): Promise<TcpServer> {
  const { host, port } = options;
  signal.throwIfAborted();
  let server: Server;
  try {
    server = serverFor(options);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw labError('agent/bad-secret', `certificate or key cannot be used: ${words}`, { cause });
  }
  server.maxConnections = options.connectionCountMax;
  const listening = Promise.withResolvers<void>();
  server.on('error', listening.reject);
  server.listen({ host, port }, () => listening.resolve());
  try {
    await raceSignal(listening.promise, signal);
  } catch (cause) {
    server.close();
    signal.throwIfAborted();
    const words = cause instanceof Error ? cause.message : String(cause);
    const details = { host, port };
    throw labError('agent/listen-failed', `cannot listen on ${host} port ${port}: ${words}`, {
      details,
      cause,
    });
  }
  const address = server.address();
  return {
    port: isAddress(address) ? address.port : port,
    [Symbol.asyncDispose]: () => {
      server.close();
      return Promise.resolve();
    },
  };
}
