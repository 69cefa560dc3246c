import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { plugIn } from '#fixtures/usb-emulation/plug-in.ts';
import { describeOnUsbBus } from '#fixtures/usb-emulation/testing/describe-on-usb-bus.ts';
import { vendorDevice, type VendorDevice } from '#fixtures/usb-emulation/vendor-device.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { openSqliteStore } from '#harness/store/sqlite/open-sqlite-store.ts';

import { usbChecks } from '../doctor/usb-checks.ts';
import { watchBoards } from './watch-boards.ts';

const board = { id: 'npu-1', config: { link: { kind: 'usb', serialNumber: 'BOARD' } } };
const silent = (): VendorDevice =>
  vendorDevice({ serialNumber: 'BOARD', onBytes: () => undefined });

function itKnowsTheBoard(): void {
  it('is watched by the daemon: gone and back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'boards-on-bus-'));
    await using store = openSqliteStore({ path: join(folder, 'lab.sqlite'), clock: systemClock() });
    const entry = { boardId: board.id, name: '', maker: '', stationId: 'bench-1' };
    store.syncBoards([{ ...entry, driver: 'dut/device-frames', powerMeterId: null }]);
    const errorCode = (): string | undefined => store.boards()[0]?.lastError?.code;
    const log = (): void => undefined;
    const device = await plugIn(silent(), '1-1');
    await using _ = await watchBoards({ boards: [board], store, clock: systemClock(), log });
    await device[Symbol.asyncDispose]();
    await expect.poll(errorCode, { timeout: 10_000 }).toBe('usb/unplugged');
    const again = await plugIn(silent(), '1-2');
    await expect.poll(errorCode, { timeout: 10_000 }).toBeUndefined();
    const trail = store.audit(10).map(({ action, subject }) => `${action} ${subject}`);
    expect(trail).toEqual(['usb-arrived npu-1', 'usb-left npu-1']);
    await again[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('is examined by doctor: alive, and as a zombie', async () => {
    const device = silent();
    await using _ = await plugIn(device, '1-1');
    expect(await usbChecks([board])).toMatchObject([
      { name: 'USB 1-1', ok: true, usb: { boardIds: ['npu-1'], health: 'alive' } },
    ]);
    device.becomeZombie();
    expect(await usbChecks([board])).toMatchObject([{ ok: false, usb: { health: 'zombie' } }]);
  });
}

await describeOnUsbBus(import.meta.url, () => {
  describe('a board on USB', () => {
    itKnowsTheBoard();
  });
});
