import type { Socket } from 'node:net';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport, TransportEnd } from '#harness/contracts/transport.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

const keepAliveMs = 10_000;

/** Whether the other side refused our certificate, which in TLS 1.3 shows only after the connection is up. */
function isTlsAlert(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_SSL');
}

type Settle = { readonly reject: (reason: unknown) => void };

class SocketTransport implements ByteTransport {
  readonly path: string;
  readonly ended: Promise<TransportEnd>;
  readonly #socket: Socket;
  readonly #listeners = new Set<(chunk: Uint8Array) => void>();
  readonly #writes = new Set<Settle>();
  readonly #resolveEnded: (end: TransportEnd) => void;
  readonly #closed = Promise.withResolvers<void>();
  #end: TransportEnd | undefined;

  constructor(socket: Socket, path: string) {
    this.path = path;
    this.#socket = socket;
    const ended = Promise.withResolvers<TransportEnd>();
    this.ended = ended.promise;
    this.#resolveEnded = ended.resolve;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (chunk: Buffer) => {
      for (const listener of this.#listeners) listener(chunk);
    });
    socket.on('error', (cause) => this.#finish(cause));
    socket.on('end', () => this.#finish());
    socket.on('close', () => {
      this.#finish();
      this.#closed.resolve();
    });
    if (socket.destroyed) {
      this.#finish();
      this.#closed.resolve();
    }
  }

  readonly onBytes = (listener: (chunk: Uint8Array) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly write = (bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#end !== undefined) return Promise.reject(this.#goneError());
    const written = Promise.withResolvers<void>();
    this.#writes.add(written);
    this.#socket.write(bytes, (cause) => {
      this.#writes.delete(written);
      if (cause === undefined || cause === null) written.resolve();
      else written.reject(this.#closedError(cause));
    });
    return raceSignal(written.promise, signal);
  };

  readonly [Symbol.asyncDispose] = (): Promise<void> => {
    this.#settle({ reason: 'closed' });
    return this.#closed.promise;
  };

  #finish(cause?: unknown): void {
    this.#settle({ reason: 'unplugged', cause: this.#closedError(cause) });
  }

  #settle(end: TransportEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const write of this.#writes) write.reject(this.#goneError());
    this.#writes.clear();
    this.#listeners.clear();
    this.#resolveEnded(end);
    this.#socket.destroy();
  }

  #goneError(): unknown {
    if (this.#end?.reason === 'unplugged' && this.#end.cause instanceof LabError) {
      return this.#end.cause;
    }
    return labError('network/closed', `the connection to ${this.path} is closed`, {
      details: { path: this.path },
    });
  }

  #closedError(cause: unknown): Error {
    const options = { details: { path: this.path }, cause };
    if (isTlsAlert(cause)) {
      const words = cause instanceof Error ? cause.message : String(cause);
      return labError('network/tls-failed', `${this.path} ended TLS: ${words}`, options);
    }
    return labError('network/closed', `${this.path} closed the connection`, options);
  }
}

/**
 * A byte transport over a connected socket, which it owns from now on. A connection of which the other side has closed
 * its half is over. The cause of an unplugged end is a LabError: network/closed or network/tls-failed.
 *
 * @param path - for messages: `host:port`
 */
export function socketTransport(socket: Socket, path: string): ByteTransport {
  return new SocketTransport(socket, path);
}
