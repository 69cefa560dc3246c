import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fakeSysfs, type FakeSysfs } from './testing/fake-sysfs.ts';
import { ttyOfUsb } from './tty-of-usb.ts';

/** Two boards of one kind, and a debug probe. */
const bench = (): Promise<FakeSysfs> =>
  fakeSysfs([
    { name: 'ttyACM0', topologyPath: '1-1.2', vendor: '0483', product: '374b', serial: 'A1' },
    { name: 'ttyACM1', topologyPath: '1-1.3', vendor: '0483', product: '374b', serial: 'B2' },
    { name: 'ttyUSB0', topologyPath: '1-2', vendor: '10c4', product: 'ea60' },
  ]);

describe('the serial port of a USB device', () => {
  it.each([
    { selector: { topologyPath: '1-1.3' }, name: 'ttyACM1' },
    { selector: { serialNumber: 'A1' }, name: 'ttyACM0' },
    { selector: { vendorId: 0x10c4, productId: 0xea60 }, name: 'ttyUSB0' },
    { selector: { vendorId: 0x0483, serialNumber: 'B2' }, name: 'ttyACM1' },
  ])('is found by $selector', async ({ selector, name }) => {
    await using folders = await bench();
    expect(await ttyOfUsb(selector, folders)).toBe(join(folders.deviceFolder, name));
  });

  it('that is not there is usb/device-absent, with the ports that are', async () => {
    await using folders = await bench();
    await expect(ttyOfUsb({ serialNumber: 'C3' }, folders)).rejects.toMatchObject({
      code: 'usb/device-absent',
      details: {
        present: [
          `1-1.2 0483:374b A1 at ${join(folders.deviceFolder, 'ttyACM0')}`,
          `1-1.3 0483:374b B2 at ${join(folders.deviceFolder, 'ttyACM1')}`,
          `1-2 10c4:ea60 at ${join(folders.deviceFolder, 'ttyUSB0')}`,
        ],
      },
    });
  });

  it('that several devices have is usb/ambiguous, with those', async () => {
    await using folders = await bench();
    const found = ttyOfUsb({ vendorId: 0x0483, productId: 0x374b }, folders);
    await expect(found).rejects.toMatchObject({
      code: 'usb/ambiguous',
      details: { candidates: [expect.stringContaining('A1'), expect.stringContaining('B2')] },
    });
  });

  it('is absent where the system has no sysfs', async () => {
    const none = { sysfsTtyFolder: '/no/such/folder', deviceFolder: '/dev' };
    const found = ttyOfUsb({ serialNumber: 'A1' }, none);
    await expect(found).rejects.toMatchObject({ code: 'usb/device-absent' });
  });
});
