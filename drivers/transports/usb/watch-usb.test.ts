import { describe, expect, it } from 'vitest';

import { plugIn, type PluggedDevice } from '#fixtures/usb-emulation/plug-in.ts';
import { describeOnUsbBus } from '#fixtures/usb-emulation/testing/describe-on-usb-bus.ts';
import { vendorDevice, type VendorDevice } from '#fixtures/usb-emulation/vendor-device.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { probeUsbDevice } from './probe-usb-device.ts';
import { listUsbDevices } from './usb-devices.ts';
import { openUsbTransport } from './usb-transport.ts';
import { watchUsb } from './watch-usb.ts';

const silentDevice = (serialNumber: string): VendorDevice =>
  vendorDevice({ serialNumber, onBytes: () => undefined });
const plug = (serialNumber: string, path: string): Promise<PluggedDevice> =>
  plugIn(silentDevice(serialNumber), path);

/** Watches, and keeps what it is told. */
function watched(): AsyncDisposable & { readonly told: string[] } {
  const told: string[] = [];
  const watcher = {
    onArrive: (entry: { topologyPath: string; serialNumber: string }) =>
      told.push(`+${entry.topologyPath} ${entry.serialNumber}`),
    onLeave: (entry: { topologyPath: string; serialNumber: string }) =>
      told.push(`-${entry.topologyPath} ${entry.serialNumber}`),
  };
  const watch = watchUsb(watcher, systemClock());
  return { told, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() };
}

function itWatches(): void {
  it('tells what is there, what comes and what goes', async () => {
    await using _ = await plug('FIRST', '1-1');
    await using watch = watched();
    await expect.poll(() => watch.told, { timeout: 5000 }).toEqual(['+1-1 FIRST']);
    const second = await plug('SECOND', '1-2.3');
    await expect.poll(() => watch.told.at(-1), { timeout: 5000 }).toBe('+1-2.3 SECOND');
    await second[Symbol.asyncDispose]();
    await expect.poll(() => watch.told.at(-1), { timeout: 5000 }).toBe('-1-2.3 SECOND');
    expect(watch.told).toHaveLength(3);
  });

  it('tells a device that was replugged in the same place as gone and come', async () => {
    const first = await plug('BOARD', '1-1');
    await using watch = watched();
    await expect.poll(() => watch.told, { timeout: 5000 }).toHaveLength(1);
    await first[Symbol.asyncDispose]();
    await using _ = await plug('BOARD', '1-1');
    await expect
      .poll(() => watch.told, { timeout: 5000 })
      .toEqual(['+1-1 BOARD', '-1-1 BOARD', '+1-1 BOARD']);
  });

  it('tells nothing more once it is disposed', async () => {
    const watch = watched();
    await watch[Symbol.asyncDispose]();
    await using _ = await plug('LATE', '1-1');
    expect(watch.told).toEqual([]);
  });
}

function itProbes(): void {
  it('finds a device alive, beside the one who uses it', async () => {
    await using _ = await plug('BOARD', '1-1');
    await using transport = await openUsbTransport({}, AbortSignal.timeout(10_000));
    expect(await probeUsbDevice('1-1')).toBe('alive');
    expect(transport.identity.topologyPath).toBe('1-1');
  });

  it('finds a device that is listed and answers nothing to be a zombie', async () => {
    const device = silentDevice('BOARD');
    await using _ = await plugIn(device, '1-1');
    device.becomeZombie();
    expect(await probeUsbDevice('1-1')).toBe('zombie');
    expect(await listUsbDevices()).toHaveLength(1);
  });

  it('finds nothing where nothing is', async () => {
    expect(await probeUsbDevice('1-9')).toBe('absent');
  });
}

function itLists(): void {
  it('lists everything that doctor shows', async () => {
    await using _ = await plug('BOARD', '1-1');
    expect(await listUsbDevices()).toMatchObject([
      {
        topologyPath: '1-1',
        vendorId: 0x1209,
        productId: 1,
        serialNumber: 'BOARD',
        manufacturer: 'Assay',
        product: 'Emulated device',
        classCode: 0,
        interfaces: [
          { interfaceNumber: 0, classCode: 0xff, subclassCode: 0x41, protocolCode: 0x01 },
        ],
      },
    ]);
  });

  it('is empty on an empty bus', async () => {
    expect(await listUsbDevices()).toEqual([]);
  });
}

await describeOnUsbBus(import.meta.url, () => {
  describe('the watch over the bus', () => {
    itWatches();
  });
  describe('the probe', () => {
    itProbes();
  });
  describe('the list of devices', () => {
    itLists();
  });
});
