import { expect, test } from 'vitest';

import type { UsbDeviceEntry } from '#drivers/transports/usb/usb-devices.ts';

import { usbChecks, type ExaminedBus } from './usb-checks.ts';

function device(topologyPath: string, serialNumber: string): UsbDeviceEntry {
  return {
    topologyPath,
    deviceNumber: 4,
    vendorId: 0x0483,
    productId: 0x374b,
    serialNumber,
    manufacturer: 'STMicroelectronics',
    product: 'ST-LINK',
    classCode: 0,
    interfaces: undefined,
  };
}

const board = { id: 'mcu-1', config: { usb: { serialNumber: 'A1' } } };
const bus: ExaminedBus = {
  isThere: () => Promise.resolve(true),
  list: () => Promise.resolve([device('1-1', 'A1'), device('1-2', 'B2')]),
  probe: () => Promise.resolve('alive'),
  isBehind: (_board, { serialNumber }) => Promise.resolve(serialNumber === 'A1'),
};

test('each device is listed, and one with a board behind it is asked whether it is alive', async () => {
  expect(await usbChecks([board], bus)).toEqual([
    {
      name: 'USB 1-1',
      ok: true,
      detail: '1-1 0483:374b A1, STMicroelectronics ST-LINK, board mcu-1, answers',
      usb: {
        topologyPath: '1-1',
        vendorId: 0x0483,
        productId: 0x374b,
        serialNumber: 'A1',
        boardIds: ['mcu-1'],
        health: 'alive',
      },
    },
    {
      name: 'USB 1-2',
      ok: true,
      detail: '1-2 0483:374b B2, STMicroelectronics ST-LINK',
      usb: {
        topologyPath: '1-2',
        vendorId: 0x0483,
        productId: 0x374b,
        serialNumber: 'B2',
        boardIds: [],
      },
    },
  ]);
});

test('a zombie is a failure that names its remedy', async () => {
  const [check] = await usbChecks([board], { ...bus, probe: () => Promise.resolve('zombie') });
  expect(check).toMatchObject({ ok: false, usb: { health: 'zombie' } });
  expect(check?.detail).toMatch(/zombie.*unplug it/);
});

test('a device that may not be asked is no failure', async () => {
  const [check] = await usbChecks([board], { ...bus, probe: () => Promise.resolve('denied') });
  expect(check?.ok).toBe(true);
  expect(check?.detail).toContain('udev');
});

test('no bus, an empty one and one that cannot be listed are one line and no failure', async () => {
  const one = { name: 'USB', ok: true, notTried: true };
  const none = await usbChecks([board], { ...bus, isThere: () => Promise.resolve(false) });
  const empty = await usbChecks([board], { ...bus, list: () => Promise.resolve([]) });
  const broken = await usbChecks([board], {
    ...bus,
    list: () => Promise.reject(new Error('no access')),
  });
  expect(none).toMatchObject([{ ...one, detail: 'this machine has no USB bus' }]);
  expect(empty).toMatchObject([{ ...one, detail: 'nothing is plugged in' }]);
  expect(broken).toMatchObject([{ ...one, detail: 'the bus cannot be listed: Error: no access' }]);
});
