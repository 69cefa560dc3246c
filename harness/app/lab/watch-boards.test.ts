import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { UsbDeviceEntry } from '#drivers/transports/usb/usb-devices.ts';
import type { UsbWatcher } from '#drivers/transports/usb/watch-usb.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import type { ResultStore } from '#harness/contracts/result-store.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { openSqliteStore } from '#harness/store/sqlite/open-sqlite-store.ts';

import { namesUsbDevice } from './usb-of-board.ts';
import { watchBoards, type UsbBus } from './watch-boards.ts';

const boards = [
  { id: 'mcu-1', config: { usb: { serialNumber: 'A1' } } },
  { id: 'npu-1', config: { link: { kind: 'usb', serialNumber: 'B2' } } },
  { id: 'late-1', config: { path: '/dev/serial/by-id/late' } },
];

function device(serialNumber: string, deviceNumber = 4): UsbDeviceEntry {
  return {
    topologyPath: `1-${serialNumber.charCodeAt(0) - 64}`,
    deviceNumber,
    vendorId: 0x1209,
    productId: 1,
    serialNumber,
    manufacturer: '',
    product: '',
    classCode: 0,
    interfaces: undefined,
  };
}

/** A bus whose devices come and go by hand, those of `gone` before the watch looks at it first; the port of `L3` is there only when it is asked for the third time. */
function handBus(
  present: readonly UsbDeviceEntry[],
  gone: readonly UsbDeviceEntry[] = [],
): UsbBus & { readonly told: UsbWatcher[] } {
  const told: UsbWatcher[] = [];
  let lateCount = 0;
  return {
    told,
    present: () => Promise.resolve(present),
    watch: (watcher) => {
      told.push(watcher);
      for (const each of present) if (!gone.includes(each)) watcher.onArrive(each);
      watcher.onLooked?.();
      return { [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    isBehind: (board, each) => {
      if (board.id !== 'late-1') return Promise.resolve(namesUsbDevice(board, each));
      if (each.serialNumber !== 'L3') return Promise.resolve(false);
      lateCount += 1;
      return Promise.resolve(lateCount > 2);
    },
  };
}

let folder = '';
let store: ResultStore;
let logged: LogLine[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-boards-'));
  store = openSqliteStore({ path: join(folder, 'lab.sqlite'), clock: systemClock() });
  store.syncBoards(
    boards.map(({ id }) => ({
      boardId: id,
      name: id,
      maker: 'Assay',
      stationId: 'bench-1',
      driver: 'dut/any',
      powerMeterId: null,
    })),
  );
  logged = [];
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const errorOf = (boardId: string): string | undefined =>
  store.boards().find((board) => board.boardId === boardId)?.lastError?.code;
const trail = (): string[] => store.audit(10).map(({ action, subject }) => `${action} ${subject}`);

async function watched(
  bus: ReturnType<typeof handBus>,
): Promise<AsyncDisposable & { readonly watcher: UsbWatcher }> {
  const log = (entry: LogLine): void => void logged.push(entry);
  const watch = await watchBoards({ boards, store, clock: systemClock(), log, bus });
  const watcher = assertDefined(bus.told[0], 'the bus is watched');
  return { watcher, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() };
}

describe('the watch over the boards', () => {
  it('says nothing about what is plugged in when the daemon starts', async () => {
    await using _ = await watched(handBus([device('A1'), device('X9')]));
    expect(logged).toEqual([]);
    expect(trail()).toEqual([]);
  });

  it('marks a free board whose device left, and clears that when it is back', async () => {
    await using watch = await watched(handBus([device('A1'), device('B2')]));
    watch.watcher.onLeave(device('A1'));
    watch.watcher.onLeave(device('B2'));
    await expect.poll(() => errorOf('npu-1')).toBe('usb/unplugged');
    expect(errorOf('mcu-1')).toBe('serial/unplugged');
    watch.watcher.onArrive(device('A1', 5));
    await expect.poll(() => errorOf('mcu-1')).toBeUndefined();
    expect(trail()).toEqual(['usb-arrived mcu-1', 'usb-left npu-1', 'usb-left mcu-1']);
    expect(logged.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn usb-left',
      'warn usb-left',
      'info usb-arrived',
    ]);
  });

  it('marks a board whose device left before the watch looked at the bus', async () => {
    const early = device('A1');
    await using _ = await watched(handBus([early], [early]));
    expect(errorOf('mcu-1')).toBe('serial/unplugged');
  });

  it('leaves an unsafe board and other errors as they are', async () => {
    store.setBoardState('mcu-1', 'recovering');
    await using watch = await watched(handBus([device('A1')]));
    watch.watcher.onLeave(device('A1'));
    await expect.poll(trail).toEqual(['usb-left mcu-1']);
    watch.watcher.onArrive(device('A1', 5));
    await expect.poll(trail).toHaveLength(2);
    expect(store.boards()[0]).toMatchObject({ state: 'recovering', lastError: null });
  });

  it('logs a device without a board, and writes no trail', async () => {
    await using watch = await watched(handBus([]));
    watch.watcher.onArrive(device('X9'));
    await expect
      .poll(() => logged.map(({ message }) => message), { timeout: 10_000 })
      .toEqual(['usb-arrived']);
    expect(trail()).toEqual([]);
  });

  it('waits for the port of a board that is named by its path', async () => {
    await using watch = await watched(handBus([]));
    watch.watcher.onArrive(device('L3'));
    await expect.poll(trail, { timeout: 10_000 }).toEqual(['usb-arrived late-1']);
    watch.watcher.onLeave(device('L3'));
    await expect.poll(() => errorOf('late-1')).toBe('serial/unplugged');
  });

  it('says nothing of a device that left before it was known what is behind it', async () => {
    await using watch = await watched(handBus([device('A1')]));
    watch.watcher.onArrive(device('L3'));
    watch.watcher.onLeave(device('L3'));
    watch.watcher.onLeave(device('A1'));
    expect(errorOf('mcu-1')).toBe('serial/unplugged');
    await watch[Symbol.asyncDispose]();
    expect(trail()).toEqual(['usb-left mcu-1']);
  });

  it('serves on where the bus cannot be watched', async () => {
    const bus = { ...handBus([]), present: () => Promise.reject(new Error('no bus')) };
    const log = (entry: LogLine): void => void logged.push(entry);
    await using _ = await watchBoards({ boards, store, clock: systemClock(), log, bus });
    expect(logged).toMatchObject([{ level: 'warn', message: 'the USB bus cannot be watched' }]);
  });
});
