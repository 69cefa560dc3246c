import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { usbOpenError } from './claim-usb-interface.ts';
import {
  presentUsbDevices,
  usbSysfsFolder,
  type PresentUsbDevice,
  type UsbHandle,
} from './usb-devices.ts';
import { usbWords } from './usb-fault.ts';

const requestTimeoutMs = 1000;
const hubClass = 0x09;
const getDescriptor = 6;
/** USB 2.0, table 11-13; USB 3.2, table 10-3. */
const descriptorKind = { hub: 0x29, superSpeedHub: 0x2a } as const;
const descriptorBytesMax = 64;
const superSpeedVersionMajor = 3;

/** How a hub switches the power of its ports: bits 0 and 1 of wHubCharacteristics. */
export type PortPowerSwitching = 'per-port' | 'ganged' | 'none';

/** What the hub says about itself. */
export interface HubAbility {
  readonly portCount: number;
  readonly switching: PortPowerSwitching;
}

/** A hub, beside the system's own driver for it; port numbers count from 1. */
export interface UsbHub extends AsyncDisposable {
  readonly topologyPath: string;
  /** Asks the hub for its descriptor. @throws LabError facility/no-answer */
  readonly ability: () => Promise<HubAbility>;
  /** Has the kernel ask for the port's status. @throws LabError facility/unsupported, facility/no-answer */
  readonly isPortOn: (port: number) => Promise<boolean>;
  /**
   * Has the kernel set or clear PORT_POWER.
   *
   * @throws LabError facility/unsupported, facility/rejected-command, usb/denied
   */
  readonly setPortPower: (port: number, isOn: boolean) => Promise<void>;
}

const switchingOf = (characteristics: number): PortPowerSwitching =>
  (characteristics & 3) === 1 ? 'per-port' : (characteristics & 3) === 0 ? 'ganged' : 'none';

async function abilityOf(topologyPath: string, handle: UsbHandle): Promise<HubAbility> {
  const kind = handle.usbVersionMajor >= superSpeedVersionMajor ? 'superSpeedHub' : 'hub';
  const value = descriptorKind[kind] << 8;
  const setup = { requestType: 'class', recipient: 'device', index: 0, value } as const;
  const wanted = { ...setup, request: getDescriptor };
  const failed = (cause?: unknown): LabError =>
    labError('facility/no-answer', `the hub ${topologyPath} does not say what it can do`, {
      details: { topologyPath },
      cause,
    });
  const asking = handle.nativeControlTransferIn(wanted, requestTimeoutMs, descriptorBytesMax);
  const bytes = await asking.catch((cause: unknown) => {
    throw failed(cause);
  });
  const [length, , portCount, characteristics] = bytes ?? [];
  if (length === undefined || portCount === undefined || characteristics === undefined) {
    throw failed();
  }
  return { portCount, switching: switchingOf(characteristics) };
}

/**
 * The kernel's switch of a port, Linux 6.0 and later: writing it makes the hub driver clear or set PORT_POWER, reading
 * it makes it ask for the port's status. The `usb` package cannot send these requests itself: their recipient is the
 * port, for which it wants the hub's interface, and that belongs to the hub driver.
 */
async function portSwitchPath(topologyPath: string, port: number): Promise<string | undefined> {
  const folder = join(usbSysfsFolder, topologyPath);
  try {
    const names = await readdir(folder);
    const hubInterface = names.find((name) => name.startsWith(`${topologyPath}:`));
    if (hubInterface === undefined) return undefined;
    return join(folder, hubInterface, `${topologyPath}-port${port}`, 'disable');
  } catch {
    // The hub has left, or this is not Linux.
    return undefined;
  }
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What a failure to read or write the switch means. */
function switchError(topologyPath: string, port: number, cause: unknown): LabError {
  const named = `port ${port} of the hub ${topologyPath}`;
  const options = { details: { topologyPath, port, words: usbWords(cause) }, cause };
  switch (systemCode(cause)) {
    case 'ENOENT':
      return labError('facility/unsupported', `the system has no switch for ${named}`, options);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return labError('usb/denied', `no permission to switch ${named}`, options);
    case 'EIO':
    case 'ENODEV':
      return labError('facility/no-answer', `${named} does not answer`, options);
    default:
      return labError('facility/rejected-command', `${named} was not switched`, options);
  }
}

async function onSwitch<T>(
  topologyPath: string,
  port: number,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = await portSwitchPath(topologyPath, port);
  if (path === undefined) {
    throw labError('facility/no-answer', `the hub ${topologyPath} is gone`, {
      details: { topologyPath, port },
    });
  }
  try {
    return await use(path);
  } catch (cause) {
    throw switchError(topologyPath, port, cause);
  }
}

function hubOver(topologyPath: string, handle: UsbHandle): UsbHub {
  return {
    topologyPath,
    ability: () => abilityOf(topologyPath, handle),
    isPortOn: (port) =>
      onSwitch(topologyPath, port, async (path) => (await readFile(path, 'ascii')).trim() === '0'),
    setPortPower: (port, isOn) =>
      // No O_CREAT: where there is no switch, none is made.
      onSwitch(topologyPath, port, (path) => writeFile(path, isOn ? '0\n' : '1\n', { flag: 'r+' })),
    [Symbol.asyncDispose]: async () => {
      await handle.close().catch(() => undefined); // the hub may have left
    },
  };
}

function assertHub(topologyPath: string, device: PresentUsbDevice | undefined): PresentUsbDevice {
  if (device === undefined) {
    const message = `there is no USB device at ${topologyPath}`;
    throw labError('usb/device-absent', message, { details: { topologyPath } });
  }
  if (device.entry.classCode !== hubClass) {
    const message = `the USB device at ${topologyPath} is no hub`;
    throw labError('facility/unsupported', message, { details: { device: device.entry } });
  }
  return device;
}

/**
 * Opens the hub at this place. The system's hub driver keeps it; nothing is claimed or sent.
 *
 * @throws LabError usb/device-absent, usb/denied, usb/busy, facility/unsupported when it is no hub
 */
export async function openUsbHub(topologyPath: string): Promise<UsbHub> {
  const present = await presentUsbDevices();
  const found = present.find(({ entry }) => entry.topologyPath === topologyPath);
  const hub = assertHub(topologyPath, found);
  try {
    await hub.handle.open();
  } catch (cause) {
    throw usbOpenError(hub, cause);
  }
  return hubOver(topologyPath, hub.handle);
}
