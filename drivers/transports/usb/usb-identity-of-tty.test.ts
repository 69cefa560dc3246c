import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openPseudoTerminal } from '#fixtures/pseudo-terminal/pseudo-terminal.ts';

import { fakeSysfs } from './testing/fake-sysfs.ts';
import { usbIdentityOfTty } from './usb-identity-of-tty.ts';

const board = { name: 'ttyACM3', topologyPath: '1-1.2', vendor: '0483', product: '374b' };

describe('the USB device behind a serial port', () => {
  it('is found through a link and sysfs', async () => {
    await using sysfs = await fakeSysfs([{ ...board, serial: '0667FF48' }]);
    const link = join(sysfs.deviceFolder, 'board-a');
    await symlink(join(sysfs.deviceFolder, 'ttyACM3'), link);
    expect(await usbIdentityOfTty(link, sysfs.sysfsTtyFolder)).toEqual({
      topologyPath: '1-1.2',
      vendorId: 0x0483,
      productId: 0x374b,
      serialNumber: '0667FF48',
    });
  });

  it('has an empty serial number where the device gives none', async () => {
    await using sysfs = await fakeSysfs([board]);
    const path = join(sysfs.deviceFolder, 'ttyACM3');
    const identity = await usbIdentityOfTty(path, sysfs.sysfsTtyFolder);
    expect(identity?.serialNumber).toBe('');
  });

  it('is none for a port that is not on USB', async () => {
    await using sysfs = await fakeSysfs([board]);
    const path = join(sysfs.deviceFolder, 'ttyS0');
    expect(await usbIdentityOfTty(path, sysfs.sysfsTtyFolder)).toBeUndefined();
  });

  it('is none for a pseudo-terminal and for a path that is not there', async () => {
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    expect(await usbIdentityOfTty(pty.path)).toBeUndefined();
    expect(await usbIdentityOfTty('/dev/no-such-board')).toBeUndefined();
  });
});
