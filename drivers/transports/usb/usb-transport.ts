import { labError } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';
import type { ByteTransport, TransportEnd } from '#harness/contracts/transport.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { claimUsbInterface, type ClaimedInterface } from './claim-usb-interface.ts';
import type { UsbDeviceEntry } from './usb-devices.ts';
import { usbFault, usbWords } from './usb-fault.ts';
import { describeUsbDevice } from './usb-identity-selector.ts';
import { findUsbDevice, type UsbSelector } from './usb-selector.ts';

/** A byte transport that knows who is at its other end. */
export interface UsbByteTransport extends ByteTransport {
  readonly identity: NonNullable<DutIdentity['usb']>;
}

/** Settings that few devices need. */
export interface UsbTransportOptions {
  /**
   * Bytes asked for at once. Default: one packet, which ends with whatever the device sends. More is faster, and only
   * for a device that ends each message with a short or an empty packet: a longer read that ends on a full packet
   * stays open, and what it holds is lost when the read is renewed.
   */
  readonly readBytes?: number;
  /** A device that takes no byte for this long does not take them any more; default 2000. Bounds closing, too. */
  readonly writeTimeoutMs?: number;
}

/** The longest read or write, bytes; more is cut into several. */
const transferBytesMax = 262_144;
/** A read without data is renewed after this. The package cannot end one before its time, so it bounds closing. */
const readRenewMs = 250;
const defaultWriteTimeoutMs = 2000;
/** Bytes that may wait for their turn. */
const queuedBytesMax = 4 * 1024 * 1024;

type Settle = { readonly reject: (reason: unknown) => void };

class UsbTransport implements UsbByteTransport {
  readonly path: string;
  readonly identity: UsbByteTransport['identity'];
  readonly ended: Promise<TransportEnd>;
  readonly #claimed: ClaimedInterface;
  readonly #readBytes: number;
  readonly #writeTimeoutMs: number;
  readonly #listeners = new Set<(chunk: Uint8Array) => void>();
  readonly #writes = new Set<Settle>();
  readonly #resolveEnded: (end: TransportEnd) => void;
  readonly #reading: Promise<void>;
  /** Ends when the last write in the queue has: one transfer at a time per endpoint. */
  #lastWrite: Promise<unknown> = Promise.resolve();
  #queuedBytes = 0;
  #end: TransportEnd | undefined;
  #closing: Promise<void> | undefined;

  constructor(entry: UsbDeviceEntry, claimed: ClaimedInterface, options: UsbTransportOptions) {
    const { topologyPath, vendorId, productId, serialNumber } = entry;
    this.path = describeUsbDevice(entry);
    this.identity = { topologyPath, vendorId, productId, serialNumber };
    this.#claimed = claimed;
    this.#writeTimeoutMs = options.writeTimeoutMs ?? defaultWriteTimeoutMs;
    const { packetBytes } = claimed.input;
    const packetCount = Math.ceil((options.readBytes ?? packetBytes) / packetBytes);
    this.#readBytes = Math.min(packetCount * packetBytes, transferBytesMax);
    const ended = Promise.withResolvers<TransportEnd>();
    this.ended = ended.promise;
    this.#resolveEnded = ended.resolve;
    this.#reading = this.#readLoop();
  }

  readonly onBytes = (listener: (chunk: Uint8Array) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly write = (bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#end !== undefined) return Promise.reject(this.#gone(this.#end));
    if (this.#queuedBytes > queuedBytesMax) {
      const message = `${this.path} takes its bytes too slowly: ${this.#queuedBytes} wait`;
      const details = { path: this.path, queuedBytesMax };
      return Promise.reject(labError('usb/transfer-failed', message, { details }));
    }
    const written = Promise.withResolvers<void>();
    this.#writes.add(written);
    this.#queuedBytes += bytes.length;
    this.#lastWrite = this.#lastWrite
      .then(() => this.#send(bytes, signal))
      .then(written.resolve, written.reject)
      .finally(() => {
        this.#writes.delete(written);
        this.#queuedBytes -= bytes.length;
      });
    return raceSignal(written.promise, signal);
  };

  readonly [Symbol.asyncDispose] = (): Promise<void> => {
    this.#finish({ reason: 'closed' });
    this.#closing ??= this.#close();
    return this.#closing;
  };

  /** Sends all of it; what its signal cancels before its turn is not sent at all. */
  async #send(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += transferBytesMax) {
      signal.throwIfAborted();
      await this.#sendPart(bytes.subarray(offset, offset + transferBytesMax), true);
    }
  }

  async #sendPart(part: Uint8Array, mayClearHalt: boolean): Promise<void> {
    if (this.#end !== undefined) throw this.#gone(this.#end);
    const { handle, output } = this.#claimed;
    try {
      await handle.nativeTransferOut(output.endpointNumber, this.#writeTimeoutMs, part);
    } catch (cause) {
      if (mayClearHalt && usbFault(cause) === 'stalled') {
        await this.#clearHalt('out');
        await this.#sendPart(part, false);
        return;
      }
      throw this.#writeError(cause);
    }
  }

  async #readLoop(): Promise<void> {
    let mayClearHalt = true;
    while (this.#end === undefined) {
      try {
        const chunk = await this.#readOnce();
        mayClearHalt = true;
        if (chunk !== undefined) this.#deliver(chunk);
      } catch (cause) {
        const isFirstStall = mayClearHalt && usbFault(cause) === 'stalled';
        if (isFirstStall && (await this.#endpointFreed())) mayClearHalt = false;
        else this.#finish({ reason: 'unplugged', cause: this.#readError(cause) });
      }
    }
  }

  /** The next bytes; undefined when none came in time. */
  async #readOnce(): Promise<Uint8Array | undefined> {
    const { handle, input } = this.#claimed;
    try {
      // Beneath transferIn, whose type knows no time-out.
      const read = handle.nativeTransferIn(input.endpointNumber, readRenewMs, this.#readBytes);
      const chunk = await read;
      return chunk === null || chunk.length === 0 ? undefined : chunk;
    } catch (cause) {
      if (usbFault(cause) === 'cancelled') return undefined;
      throw cause;
    }
  }

  async #endpointFreed(): Promise<boolean> {
    try {
      await this.#clearHalt('in');
      return true;
    } catch {
      // The stall itself is reported.
      return false;
    }
  }

  async #clearHalt(direction: 'in' | 'out'): Promise<void> {
    const { handle, input, output } = this.#claimed;
    const { endpointNumber } = direction === 'in' ? input : output;
    await handle.clearHalt(direction, endpointNumber);
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    for (const listener of this.#listeners) listener(chunk);
  }

  #finish(end: TransportEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const write of this.#writes) write.reject(this.#gone(end));
    this.#writes.clear();
    this.#resolveEnded(end);
  }

  async #close(): Promise<void> {
    const { handle, interfaceNumber } = this.#claimed;
    // The package lets nothing be released while a transfer is under way.
    await this.#reading;
    await this.#lastWrite;
    // A device that is gone can neither be released nor closed; there is nothing left to free then.
    await handle.releaseInterface(interfaceNumber).catch(() => undefined);
    await handle.close().catch(() => undefined);
  }

  #gone(end: TransportEnd): Error {
    const isClosed = end.reason === 'closed';
    const cause = end.reason === 'unplugged' ? end.cause : undefined;
    const message = isClosed ? `${this.path} is closed` : `the USB device ${this.path} is gone`;
    return labError('usb/unplugged', message, { details: { path: this.path }, cause });
  }

  #readError(cause: unknown): LabError {
    return this.#transferError(cause, 'gave no bytes');
  }

  #writeError(cause: unknown): LabError {
    const error = this.#transferError(cause, 'did not take the bytes');
    if (error.code === 'usb/unplugged') this.#finish({ reason: 'unplugged', cause: error });
    return error;
  }

  #transferError(cause: unknown, what: string): LabError {
    const options = { details: { path: this.path, words: usbWords(cause) }, cause };
    switch (usbFault(cause)) {
      case 'stalled':
        return labError('usb/stalled', `${this.path} refuses the transfer, twice`, options);
      case 'disconnected':
      case 'absent':
        return labError('usb/unplugged', `the USB device ${this.path} is gone`, options);
      case 'cancelled':
      case 'busy':
      case 'denied':
      case 'failed':
        return labError('usb/transfer-failed', `${this.path} ${what}`, options);
    }
  }
}

/**
 * Finds the device that the selector means and takes its vendor interface, class FF, subclass 41, protocol 01 unless
 * the selector says otherwise, with one bulk endpoint each way, for this process alone. Nothing is sent.
 *
 * The transport ends as `unplugged` when the device leaves; its `cause` is a LabError, usb/unplugged, usb/stalled
 * (the second time in a row; the first is cleared) or usb/transfer-failed.
 *
 * @throws LabError usb/device-absent, usb/ambiguous, usb/denied, usb/busy, usb/wrong-interface, usb/unplugged,
 *   usb/transfer-failed · the signal's reason
 */
export async function openUsbTransport(
  selector: UsbSelector,
  signal: AbortSignal,
  options: UsbTransportOptions = {},
): Promise<UsbByteTransport> {
  signal.throwIfAborted();
  const opening = findUsbDevice(selector).then(async (device) => {
    const claimed = await claimUsbInterface(device, selector);
    return new UsbTransport(device.entry, claimed, options);
  });
  try {
    return await raceSignal(opening, signal);
  } catch (cause) {
    // Opening cannot be called back; what it opens after all is closed again.
    if (signal.aborted) {
      opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
    }
    throw cause;
  }
}
