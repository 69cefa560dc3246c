import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openPseudoTerminal } from '#fixtures/pseudo-terminal/pseudo-terminal.ts';

import { usbIdentityOfTty } from './usb-identity-of-tty.ts';

/** A sysfs as Linux has it for a CDC-ACM device with this serial number, and a device file for it. */
async function fakeSysfs(
  serial: string | undefined,
): Promise<AsyncDisposable & { readonly ttyFolder: string; readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sysfs-'));
  const device = join(folder, 'devices', 'usb1', '1-1', '1-1.2');
  const usbInterface = join(device, '1-1.2:1.0');
  const tty = join(usbInterface, 'tty', 'ttyACM3');
  const ttyFolder = join(folder, 'class', 'tty');
  await mkdir(tty, { recursive: true });
  await mkdir(ttyFolder, { recursive: true });
  await writeFile(join(device, 'idVendor'), '0483\n');
  await writeFile(join(device, 'idProduct'), '374b\n');
  if (serial !== undefined) await writeFile(join(device, 'serial'), `${serial}\n`);
  await symlink(tty, join(ttyFolder, 'ttyACM3'));
  await symlink(usbInterface, join(tty, 'device'));
  const node = join(folder, 'ttyACM3');
  const path = join(folder, 'board-a');
  await writeFile(node, '');
  await symlink(node, path);
  return {
    ttyFolder,
    path,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

describe('the USB device behind a serial port', () => {
  it('is found through a link and sysfs', async () => {
    await using sysfs = await fakeSysfs('0667FF48');
    expect(await usbIdentityOfTty(sysfs.path, sysfs.ttyFolder)).toEqual({
      topologyPath: '1-1.2',
      vendorId: 0x0483,
      productId: 0x374b,
      serialNumber: '0667FF48',
    });
  });

  it('has an empty serial number where the device gives none', async () => {
    await using sysfs = await fakeSysfs(undefined);
    const identity = await usbIdentityOfTty(sysfs.path, sysfs.ttyFolder);
    expect(identity?.serialNumber).toBe('');
  });

  it('is none for a pseudo-terminal and for a path that is not there', async () => {
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    expect(await usbIdentityOfTty(pty.path)).toBeUndefined();
    expect(await usbIdentityOfTty('/dev/no-such-board')).toBeUndefined();
  });
});
