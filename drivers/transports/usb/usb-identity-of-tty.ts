import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

const ttyFolder = '/sys/class/tty';
/** Interfaces, hubs and controllers between a tty and its device are fewer than this. */
const levelCountMax = 16;

async function attribute(folder: string, name: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, name), 'utf8')).trim();
  } catch {
    // Not a folder of a USB device, or a device without that string.
    return undefined;
  }
}

/** The nearest folder above that describes a USB device. */
async function usbFolderAbove(start: string): Promise<string | undefined> {
  let folder = start;
  for (let level = 0; level < levelCountMax && folder !== dirname(folder); level += 1) {
    if ((await attribute(folder, 'idVendor')) !== undefined) return folder;
    folder = dirname(folder);
  }
  return undefined;
}

/**
 * The USB device behind a serial port, as Linux describes it. Opens nothing.
 *
 * @param path - as configured; links are followed
 * @param sysfsTtyFolder - `/sys/class/tty`, for tests another
 * @returns undefined for a port that is not on USB, as a pseudo-terminal, and where there is no sysfs
 */
export async function usbIdentityOfTty(
  path: string,
  sysfsTtyFolder: string = ttyFolder,
): Promise<DutIdentity['usb']> {
  try {
    const name = basename(await realpath(path));
    const device = await realpath(join(sysfsTtyFolder, name, 'device'));
    const folder = await usbFolderAbove(device);
    if (folder === undefined) return undefined;
    const vendorId = Number.parseInt((await attribute(folder, 'idVendor')) ?? '', 16);
    const productId = Number.parseInt((await attribute(folder, 'idProduct')) ?? '', 16);
    if (Number.isNaN(vendorId) || Number.isNaN(productId)) return undefined;
    const serialNumber = (await attribute(folder, 'serial')) ?? '';
    return { topologyPath: basename(folder), vendorId, productId, serialNumber };
  } catch {
    // No such port, or none that sysfs knows.
    return undefined;
  }
}
