import { closeSync, constants, openSync } from 'node:fs';
import type { OnReadOpts } from 'node:net';
import { ReadStream } from 'node:tty';

import { SerialPort } from 'serialport';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport, TransportEnd } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import { serialOpenError, serialPathError } from './serial-open-error.ts';

/** A serial port: 8 data bits, 1 stop bit, no flow control. */
export interface SerialOptions {
  readonly path: string;
  /** Bits per second. */
  readonly baudRate: number;
  /** Default `none`. */
  readonly parity?: 'none' | 'even';
}

/** A byte transport whose speed can be changed while it is open. */
export interface SerialPortTransport extends ByteTransport {
  /** Sets the speed; bytes under way in either direction are thrown away. Moves no modem line. */
  readonly setBaudRate: (baudRate: number) => Promise<void>;
}

/** The port as the serialport package opened it: it holds the lock and the line settings until it is closed. */
type OpenedPort = Awaited<ReturnType<typeof SerialPort.binding.open>>;

/** Bytes taken from the system at once; a full one is followed by the next on the same tick. */
const readBytesMax = 16_384;

type Settle = { readonly resolve: () => void; readonly reject: (reason: unknown) => void };

/**
 * Moves the bytes of an opened port. The package's own read and write go through a thread pool (four hops a round
 * trip) and its poller is bound to the main thread's loop; a second descriptor of the same terminal on this thread's
 * loop needs none of that and takes a quarter of the time. Opening it moves no modem line: the port is open already.
 */
class SerialTransport implements SerialPortTransport {
  readonly path: string;
  readonly ended: Promise<TransportEnd>;
  readonly #port: OpenedPort;
  readonly #stream: ReadStream;
  readonly #listeners = new Set<(chunk: Uint8Array) => void>();
  readonly #writes = new Set<Settle>();
  readonly #resolveEnded: (end: TransportEnd) => void;
  #end: TransportEnd | undefined;
  #closing: Promise<void> | undefined;

  constructor(path: string, port: OpenedPort, fileDescriptor: number) {
    this.path = path;
    this.#port = port;
    const ended = Promise.withResolvers<TransportEnd>();
    this.ended = ended.promise;
    this.#resolveEnded = ended.resolve;
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(readBytesMax),
      callback: (byteCount, buffer) => {
        this.#deliver(new Uint8Array(buffer.subarray(0, byteCount)));
        return true;
      },
    };
    this.#stream = new ReadStream(fileDescriptor, { onread });
    this.#stream.on('error', (cause) => this.#finish({ reason: 'unplugged', cause }));
    this.#stream.on('end', () => this.#finish({ reason: 'unplugged' }));
    this.#stream.on('close', () => this.#finish({ reason: 'unplugged' }));
    this.#stream.resume();
  }

  readonly onBytes = (listener: (chunk: Uint8Array) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly write = (bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#end !== undefined) return Promise.reject(this.#unplugged());
    const written = Promise.withResolvers<void>();
    this.#writes.add(written);
    this.#stream.write(bytes, (cause) => {
      this.#writes.delete(written);
      if (cause === undefined || cause === null) written.resolve();
      else written.reject(this.#writeFailed(cause));
    });
    // The usual case: the system took all of it at once, so there is nothing to wait for or to abort.
    if (this.#stream.writableLength === 0) written.resolve();
    return this.#stream.writableLength === 0
      ? written.promise
      : raceSignal(written.promise, signal);
  };

  readonly setBaudRate = async (baudRate: number): Promise<void> => {
    if (this.#end !== undefined) throw this.#unplugged();
    await this.#port.update({ baudRate });
  };

  readonly [Symbol.asyncDispose] = (): Promise<void> => {
    this.#finish({ reason: 'closed' });
    this.#closing ??= this.#close();
    return this.#closing;
  };

  #deliver(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    for (const listener of this.#listeners) listener(chunk);
  }

  #finish(end: TransportEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const write of this.#writes) write.reject(this.#unplugged());
    this.#writes.clear();
    this.#resolveEnded(end);
    this.#stream.destroy();
  }

  async #close(): Promise<void> {
    if (!this.#stream.closed) {
      const closed = Promise.withResolvers<void>();
      this.#stream.once('close', () => closed.resolve());
      this.#stream.destroy();
      await closed.promise;
    }
    await this.#port.close();
  }

  #unplugged(): Error {
    const isClosed = this.#end?.reason === 'closed';
    const cause = this.#end?.reason === 'unplugged' ? this.#end.cause : undefined;
    const message = isClosed ? `${this.path} is closed` : `the device at ${this.path} is gone`;
    return labError('serial/unplugged', message, { details: { path: this.path }, cause });
  }

  #writeFailed(cause: unknown): Error {
    if (this.#end !== undefined) return this.#unplugged();
    const details = { path: this.path };
    return labError('serial/write-failed', `${this.path} did not take the bytes`, {
      details,
      cause,
    });
  }
}

function transportOver(path: string, port: OpenedPort): SerialPortTransport {
  assert('fd' in port && typeof port.fd === 'number', 'an open serial port has a descriptor');
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
  // By descriptor, not by name: a link may lead elsewhere by now.
  const samePort = process.platform === 'linux' ? `/proc/self/fd/${port.fd}` : path;
  const fileDescriptor = openSync(samePort, flags);
  try {
    return new SerialTransport(path, port, fileDescriptor);
  } catch (error) {
    closeSync(fileDescriptor);
    throw error;
  }
}

/**
 * Opens a serial port for this process alone. DTR and RTS follow open and close, as the system does it; nothing
 * else moves them. What the port held from before is thrown away by the system.
 *
 * @throws LabError serial/path-absent, serial/busy, serial/denied, serial/not-a-tty, serial/open-failed · the
 *   signal's reason
 */
export async function openSerialTransport(
  options: SerialOptions,
  signal: AbortSignal,
): Promise<SerialPortTransport> {
  const { path, baudRate, parity = 'none' } = options;
  signal.throwIfAborted();
  const pathError = await serialPathError(path);
  if (pathError !== undefined) throw pathError;
  const request = { path, baudRate, parity, lock: true, hupcl: true };
  const opening: Promise<OpenedPort> = SerialPort.binding.open(request);
  let port: OpenedPort;
  try {
    port = await raceSignal(opening, signal);
  } catch (cause) {
    if (!signal.aborted) throw await serialOpenError(path, cause);
    // Opening cannot be called back; what it opens after all is closed again.
    opening.then((late) => late.close()).catch(() => undefined);
    throw cause;
  }
  try {
    return transportOver(path, port);
  } catch (cause) {
    await port.close();
    throw await serialOpenError(path, cause);
  }
}
