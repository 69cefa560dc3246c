import { usb } from 'usb';

import type { Clock } from '#harness/kernel/clock.ts';

import { hasUsbBus, listUsbDevices, type UsbDeviceEntry } from './usb-devices.ts';

/** Who is told of what comes and goes. */
export interface UsbWatcher {
  readonly onArrive: (entry: UsbDeviceEntry) => void;
  readonly onLeave: (entry: UsbDeviceEntry) => void;
  /** After each look at the bus, when all that it showed has been told. */
  readonly onLooked?: () => void;
}

/** How often the bus is listed without any event; bounds the detection where the system sends none. */
const listEveryMs = 500;

/** A device that was plugged in again, even in the same place, has another number. */
const keyOf = (entry: UsbDeviceEntry): string => `${entry.topologyPath}#${entry.deviceNumber}`;

/** Ends its waits early when the package says that something came or went. */
class BusEvents implements Disposable {
  #wake = new AbortController();
  #isAttached = false;
  readonly #onEvent = (): void => this.#wake.abort();

  /** The package fails without a way to catch it where there is no bus, so it is asked only where there is one. */
  async attach(): Promise<void> {
    if (this.#isAttached || !(await hasUsbBus())) return;
    this.#isAttached = true;
    usb.addEventListener('connect', this.#onEvent);
    usb.addEventListener('disconnect', this.#onEvent);
  }

  async waited(clock: Clock, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#wake.signal]);
    try {
      await clock.sleep(listEveryMs, either);
    } catch {
      // Woken by an event, or ended: the caller looks at its signal.
    }
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }

  [Symbol.dispose](): void {
    if (!this.#isAttached) return;
    this.#isAttached = false;
    usb.removeEventListener('connect', this.#onEvent);
    usb.removeEventListener('disconnect', this.#onEvent);
  }
}

async function watchLoop(watcher: UsbWatcher, clock: Clock, signal: AbortSignal): Promise<void> {
  using events = new BusEvents();
  let known = new Map<string, UsbDeviceEntry>();
  while (!signal.aborted) {
    await events.attach();
    const listed = await listUsbDevices().catch(() => undefined); // a device left while it was read: look again
    if (signal.aborted) return;
    if (listed !== undefined) {
      const present = new Map(listed.map((entry) => [keyOf(entry), entry]));
      for (const [key, entry] of known) if (!present.has(key)) watcher.onLeave(entry);
      for (const [key, entry] of present) if (!known.has(key)) watcher.onArrive(entry);
      known = present;
      watcher.onLooked?.();
    }
    await events.waited(clock, signal);
  }
}

/**
 * Tells what is plugged in, at once, and from then on what comes and goes, well within a second: the system's events
 * only make it look sooner than it would anyway. Disposing ends it; no call comes after that.
 */
export function watchUsb(watcher: UsbWatcher, clock: Clock): AsyncDisposable {
  const stop = new AbortController();
  const watching = watchLoop(watcher, clock, stop.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
    },
  };
}
