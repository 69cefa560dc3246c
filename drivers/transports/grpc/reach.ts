import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { labError } from '#harness/contracts/error-catalogue.ts';

import type { TlsOptions } from '../http/http-client.ts';
import { networkCode } from '../http/http-error.ts';

/** Where a server listens. */
export interface ServerAddress {
  /** For messages, without credentials. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Present: encrypted. */
  readonly tls?: TlsOptions;
}

function openSocket({ host, port, tls }: ServerAddress, onOpen: () => void): Socket {
  if (tls === undefined) return connectPlain({ host, port }, onOpen);
  const servername = tls.serverName ?? host;
  return connectTls(
    {
      host,
      port,
      ALPNProtocols: ['h2'],
      ...(/^[\d.]+$|:/.test(servername) ? {} : { servername }),
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
    },
    onOpen,
  );
}

/**
 * Makes one connection and closes it: tells apart what a gRPC channel reports as one status, a server that is not
 * there and one whose certificate is refused.
 *
 * @throws LabError network/unreachable, network/tls-failed · the signal's reason
 */
export async function reachServer(address: ServerAddress, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = openSocket(address, resolve);
  const isTls = address.tls !== undefined;
  const onAbort = (): void => reject(signal.reason);
  const fail = (cause: unknown): void => {
    const { url } = address;
    const code = networkCode(cause, { isConnected: false, isTls });
    const what = code === 'network/tls-failed' ? 'encrypted connection' : 'connection';
    reject(labError(code, `no ${what} could be made to ${url}`, { details: { url }, cause }));
  };
  socket.on('error', fail);
  socket.once('close', () => fail(new Error('it hung up')));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}
