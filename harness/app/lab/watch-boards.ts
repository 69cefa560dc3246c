import type { UsbDeviceEntry } from '#drivers/transports/usb/usb-devices.ts';
import { describeUsbDevice } from '#drivers/transports/usb/usb-identity-selector.ts';
import type { UsbWatcher } from '#drivers/transports/usb/watch-usb.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { ResultStore } from '#harness/contracts/result-store.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { isAtSerialPort, isBehindUsbDevice, ttyPathOf, type PluggedBoard } from './usb-of-board.ts';

/** The bus as the watch needs it; a test brings its own. */
export interface UsbBus {
  readonly present: () => Promise<readonly UsbDeviceEntry[]>;
  readonly watch: (watcher: UsbWatcher, clock: Clock) => AsyncDisposable;
  /** Whether a board is behind a device. */
  readonly isBehind: (board: PluggedBoard, device: UsbDeviceEntry) => Promise<boolean>;
}

/** What the watch over the boards works with. */
export interface WatchBoardsOptions {
  readonly boards: readonly PluggedBoard[];
  readonly store: Pick<ResultStore, 'boards' | 'setBoardState' | 'appendAudit'>;
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly bus?: UsbBus;
}

/** Loads the USB library now: where it cannot be, the lab serves all the same. */
async function systemBus(): Promise<UsbBus> {
  const { listUsbDevices } = await import('#drivers/transports/usb/usb-devices.ts');
  const { watchUsb } = await import('#drivers/transports/usb/watch-usb.ts');
  return { present: listUsbDevices, watch: watchUsb, isBehind: isBehindUsbDevice };
}

/** The system makes the port of a device, and the names of the port, some time after the device arrived. */
const portTryCount = 10;
const portPauseMs = 200;
const unpluggedCodes: ReadonlySet<string> = new Set(['usb/unplugged', 'serial/unplugged']);

const keyOf = (device: UsbDeviceEntry): string => `${device.topologyPath}#${device.deviceNumber}`;

/** What is plugged in and which boards are behind it. */
class BoardWatch implements AsyncDisposable {
  readonly #options: WatchBoardsOptions;
  readonly #bus: UsbBus;
  readonly #stop = new AbortController();
  /** Boards by device: when it has left, nothing tells any more which port it had. */
  readonly #boardsBehind = new Map<string, readonly PluggedBoard[]>();
  /** Devices that are there, also while it is still looked for the boards behind them. */
  readonly #there = new Set<string>();
  #work: Promise<unknown> = Promise.resolve();
  #watch: AsyncDisposable | undefined;

  constructor(options: WatchBoardsOptions, bus: UsbBus) {
    this.#options = options;
    this.#bus = bus;
  }

  async start(): Promise<void> {
    const present = await this.#bus.present();
    for (const device of present) {
      this.#there.add(keyOf(device));
      this.#boardsBehind.set(keyOf(device), await this.#find(device));
    }
    const known = new Map(present.map((device) => [keyOf(device), device]));
    const watcher = {
      onArrive: (device: UsbDeviceEntry): void => {
        // The watch begins by telling what is there.
        if (!known.delete(keyOf(device))) this.#begin(this.#arrived(device));
      },
      onLeave: (device: UsbDeviceEntry): void => this.#left(device),
      onLooked: (): void => {
        // What it did not tell at its first look had left before it.
        for (const device of known.values()) this.#left(device);
        known.clear();
      },
    };
    this.#watch = this.#bus.watch(watcher, this.#options.clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch?.[Symbol.asyncDispose]();
    this.#stop.abort();
    await this.#work;
  }

  /** Lets an arrival take its time; disposing waits for it. */
  #begin(arrival: Promise<void>): void {
    const { log } = this.#options;
    const ended = arrival.catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      log({ level: 'error', message: 'USB watch failed', fields: { error: String(error) } });
    });
    this.#work = Promise.all([this.#work, ended]);
  }

  async #find(device: UsbDeviceEntry): Promise<readonly PluggedBoard[]> {
    const found: PluggedBoard[] = [];
    for (const board of this.#options.boards)
      if (await this.#bus.isBehind(board, device)) found.push(board);
    return found;
  }

  /** Waits for the port of a device where a board is named by its path and may turn out to be behind it. */
  async #findOnceThere(device: UsbDeviceEntry): Promise<readonly PluggedBoard[]> {
    const { boards, clock } = this.#options;
    const placed = new Set([...this.#boardsBehind.values()].flat());
    const isAwaited = boards.some((board) => !placed.has(board) && ttyPathOf(board) !== undefined);
    const tryCountMax = isAwaited ? portTryCount : 1;
    let found = await this.#find(device);
    for (let count = 1; found.length === 0 && count < tryCountMax; count += 1) {
      await clock.sleep(portPauseMs, this.#stop.signal);
      found = await this.#find(device);
    }
    return found;
  }

  async #arrived(device: UsbDeviceEntry): Promise<void> {
    this.#there.add(keyOf(device));
    const boards = await this.#findOnceThere(device);
    if (!this.#there.has(keyOf(device))) return;
    this.#boardsBehind.set(keyOf(device), boards);
    this.#note('usb-arrived', device, boards);
    const { store } = this.#options;
    for (const { id } of boards) {
      const board = store.boards().find(({ boardId }) => boardId === id);
      if (board?.state !== 'free' || !unpluggedCodes.has(board.lastError?.code ?? '')) continue;
      store.setBoardState(id, 'free', null);
    }
  }

  #left(device: UsbDeviceEntry): void {
    this.#there.delete(keyOf(device));
    const boards = this.#boardsBehind.get(keyOf(device)) ?? [];
    this.#boardsBehind.delete(keyOf(device));
    this.#note('usb-left', device, boards);
    const { store } = this.#options;
    for (const entry of boards) {
      const board = store.boards().find(({ boardId }) => boardId === entry.id);
      // A board in a run is the business of the run, and why a board is not safe is said already.
      if (board?.state !== 'free') continue;
      const code = isAtSerialPort(entry) ? 'serial/unplugged' : 'usb/unplugged';
      const error = labError(code, `the USB device of board ${entry.id} left the bus`, {
        details: { boardId: entry.id, device: describeUsbDevice(device) },
      });
      store.setBoardState(entry.id, 'free', errorRecord(error));
    }
  }

  /** A line of the log for each device, an entry of the trail for each board. */
  #note(action: string, device: UsbDeviceEntry, boards: readonly PluggedBoard[]): void {
    const { store, clock, log } = this.#options;
    const words = describeUsbDevice(device);
    const boardIds = boards.map(({ id }) => id);
    const fields = { device: words, ...(boardIds.length === 0 ? {} : { boardIds }) };
    const isWorse = action === 'usb-left' && boardIds.length > 0;
    log({ level: isWorse ? 'warn' : 'info', message: action, fields });
    for (const subject of boardIds) {
      const details = { device: words, topologyPath: device.topologyPath };
      store.appendAudit({ atMs: clock.utcMs(), actor: 'assay', action, subject, details });
    }
  }
}

/**
 * Watches the USB bus for the daemon: what comes and goes is in its log, and in the audit trail where a board is
 * behind it. A free board whose device left carries usb/unplugged or serial/unplugged until it is back. Nothing
 * happens on a machine without a bus.
 */
export async function watchBoards(options: WatchBoardsOptions): Promise<AsyncDisposable> {
  try {
    const watch = new BoardWatch(options, options.bus ?? (await systemBus()));
    await watch.start();
    return watch;
  } catch (error) {
    const fields = { error: String(error) };
    options.log({ level: 'warn', message: 'the USB bus cannot be watched', fields });
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}
