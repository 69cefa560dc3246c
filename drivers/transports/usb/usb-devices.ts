import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { usb } from 'usb';

/** Where Linux describes what is plugged in. */
export const usbSysfsFolder = '/sys/bus/usb/devices';

/** A device as the `usb` package holds it. */
export type UsbHandle = Awaited<ReturnType<typeof usb.getDevices>>[number];

/** One interface of a device's present configuration. */
export interface UsbInterfaceEntry {
  readonly interfaceNumber: number;
  readonly classCode: number;
  readonly subclassCode: number;
  readonly protocolCode: number;
}

/** A device on the bus. */
export interface UsbDeviceEntry {
  /** Bus and ports, `1-1.2`; `usb1` for a root hub. */
  readonly topologyPath: string;
  /** Address on the bus; a device that is plugged in again gets another. */
  readonly deviceNumber: number;
  readonly vendorId: number;
  readonly productId: number;
  /** Empty where the device has none. */
  readonly serialNumber: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly classCode: number;
  /** Undefined where the system does not say without opening the device. */
  readonly interfaces: readonly UsbInterfaceEntry[] | undefined;
}

/** A device and the package's object for it. */
export interface PresentUsbDevice {
  readonly entry: UsbDeviceEntry;
  readonly handle: UsbHandle;
}

function topologyPathOf(handle: UsbHandle): string {
  const bus = /^\d+$/.test(handle.bus) ? String(Number(handle.bus)) : handle.bus;
  return handle.ports.length === 0 ? `usb${bus}` : `${bus}-${handle.ports.join('.')}`;
}

async function hexAttribute(folder: string, name: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder, name), 'ascii'), 16);
}

async function interfaceEntry(folder: string): Promise<UsbInterfaceEntry> {
  return {
    interfaceNumber: await hexAttribute(folder, 'bInterfaceNumber'),
    classCode: await hexAttribute(folder, 'bInterfaceClass'),
    subclassCode: await hexAttribute(folder, 'bInterfaceSubClass'),
    protocolCode: await hexAttribute(folder, 'bInterfaceProtocol'),
  };
}

/** The interfaces as sysfs lists them, in its own folder for each; undefined where there is no such folder. */
async function interfacesOf(
  topologyPath: string,
): Promise<readonly UsbInterfaceEntry[] | undefined> {
  const folder = join(usbSysfsFolder, topologyPath);
  try {
    const names = (await readdir(folder)).filter((name) => /:\d+\.\d+$/.test(name)).toSorted();
    return await Promise.all(names.map((name) => interfaceEntry(join(folder, name))));
  } catch {
    // Not Linux, or the device left while it was read: nothing is known.
    return undefined;
  }
}

async function presentDevice(handle: UsbHandle): Promise<PresentUsbDevice> {
  const topologyPath = topologyPathOf(handle);
  const entry: UsbDeviceEntry = {
    topologyPath,
    deviceNumber: handle.address,
    vendorId: handle.vendorId,
    productId: handle.productId,
    serialNumber: handle.serialNumber ?? '',
    manufacturer: handle.manufacturerName ?? '',
    product: handle.productName ?? '',
    classCode: handle.deviceClass,
    interfaces: await interfacesOf(topologyPath),
  };
  return { entry, handle };
}

/** Whether this machine has a USB bus that can be listed at all; containers often have none. */
export async function hasUsbBus(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  try {
    await access(usbSysfsFolder);
    return true;
  } catch {
    return false;
  }
}

/** What is plugged in, with the objects to open it; empty on a machine without a USB bus. */
export async function presentUsbDevices(): Promise<readonly PresentUsbDevice[]> {
  if (!(await hasUsbBus())) return [];
  const present = await Promise.all((await usb.getDevices()).map(presentDevice));
  return present.toSorted((a, b) => (a.entry.topologyPath < b.entry.topologyPath ? -1 : 1));
}

/** What is plugged in, by topology path; empty on a machine without a USB bus. Opens nothing. */
export async function listUsbDevices(): Promise<readonly UsbDeviceEntry[]> {
  return (await presentUsbDevices()).map(({ entry }) => entry);
}
