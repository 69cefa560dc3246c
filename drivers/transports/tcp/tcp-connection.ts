import type { Socket } from 'node:net';

import type { ByteTransport } from '#harness/contracts/transport.ts';

import { socketTransport } from './socket-transport.ts';

/** The server's end of a connection: its sender can be held up, and it knows what waits to be sent. */
export interface TcpConnection extends ByteTransport {
  /** Bytes that were written and that the system has not taken yet. */
  readonly pendingBytes: () => number;
  /** Takes no more bytes until `resume`, so that the other side is held up. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/** A connected socket as a byte transport; the transport owns it from now on. */
export function tcpConnection(socket: Socket, path: string): TcpConnection {
  const transport = socketTransport(socket, path);
  return {
    path,
    ended: transport.ended,
    write: transport.write,
    onBytes: transport.onBytes,
    pendingBytes: () => socket.writableLength,
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
