import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

import { usbIdentityOfTty } from './usb-identity-of-tty.ts';
import {
  describeUsbDevice,
  describeUsbSelector,
  fitsUsbIdentity,
  type UsbIdentitySelector,
} from './usb-identity-selector.ts';

/** Where the system keeps its ports. */
export interface TtyFolders {
  /** `/sys/class/tty` */
  readonly sysfsTtyFolder: string;
  /** `/dev` */
  readonly deviceFolder: string;
}

interface UsbTty {
  readonly path: string;
  readonly device: NonNullable<DutIdentity['usb']>;
}

const systemFolders: TtyFolders = { sysfsTtyFolder: '/sys/class/tty', deviceFolder: '/dev' };

async function ttyNames(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch {
    // No sysfs, so no port of which it is known where it is.
    return [];
  }
}

/** Every serial port on USB and its device, by name. Opens nothing. */
async function usbTtys({ sysfsTtyFolder, deviceFolder }: TtyFolders): Promise<readonly UsbTty[]> {
  const all = await Promise.all(
    (await ttyNames(sysfsTtyFolder)).map(async (name) => {
      const path = join(deviceFolder, name);
      return { path, device: await usbIdentityOfTty(path, sysfsTtyFolder) };
    }),
  );
  return all.flatMap(({ path, device }) => (device === undefined ? [] : [{ path, device }]));
}

function shown(ttys: readonly UsbTty[]): string[] {
  return ttys.map(({ path, device }) => `${describeUsbDevice(device)} at ${path}`);
}

/**
 * The serial port of a USB device, wherever it enumerated this time.
 *
 * @param folders - those of the system, for tests others
 * @returns its path, `/dev/ttyACM0`
 * @throws LabError usb/device-absent, usb/ambiguous, with the ports that are there
 */
export async function ttyOfUsb(
  selector: UsbIdentitySelector,
  folders: TtyFolders = systemFolders,
): Promise<string> {
  const present = await usbTtys(folders);
  const fitting = present.filter(({ device }) => fitsUsbIdentity(selector, device));
  const [first, ...others] = fitting;
  const words = describeUsbSelector(selector);
  if (first === undefined) {
    throw labError('usb/device-absent', `no serial port of a USB device ${words} is there`, {
      details: { selector, present: shown(present) },
    });
  }
  if (others.length > 0) {
    // A device with several ports, too: only their paths tell them apart.
    throw labError('usb/ambiguous', `${fitting.length} serial ports are of USB devices ${words}`, {
      details: { selector, candidates: shown(fitting) },
    });
  }
  return first.path;
}
