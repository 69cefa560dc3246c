import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { usbOpenError } from './claim-usb-interface.ts';
import type { PresentUsbDevice, UsbHandle } from './usb-devices.ts';
import { presentUsbDevices } from './usb-devices.ts';
import { usbFault, usbWords } from './usb-fault.ts';

const requestTimeoutMs = 1000;
const hubClass = 0x09;
/** USB 2.0, table 11-16 and 11-17. */
const request = { getStatus: 0, clearFeature: 1, setFeature: 3, getDescriptor: 6 } as const;
const portPowerFeature = 8;
const descriptor = { hub: 0x29, superSpeedHub: 0x2a } as const;
const portStatusBytes = 4;
/** wPortStatus: bit 8 (USB 2.0, table 11-21), bit 9 for SuperSpeed (USB 3.2, table 10-13). */
const powerBit = { hub: 0x100, superSpeedHub: 0x200 } as const;
const superSpeedVersionMajor = 3;

/** How a hub switches the power of its ports: bits 0 and 1 of wHubCharacteristics. */
export type PortPowerSwitching = 'per-port' | 'ganged' | 'none';

/** What the hub says about itself. */
export interface HubAbility {
  readonly portCount: number;
  readonly switching: PortPowerSwitching;
}

/** A hub, open beside the system's own driver for it; port numbers count from 1. */
export interface UsbHub extends AsyncDisposable {
  readonly topologyPath: string;
  /** @throws LabError facility/no-answer */
  readonly ability: () => Promise<HubAbility>;
  /** Reads the port's status. @throws LabError facility/no-answer, facility/rejected-command */
  readonly isPortOn: (port: number) => Promise<boolean>;
  /** @throws LabError facility/no-answer, facility/rejected-command */
  readonly setPortPower: (port: number, isOn: boolean) => Promise<void>;
}

function requestError(topologyPath: string, cause: unknown): LabError {
  const options = { details: { topologyPath, words: usbWords(cause) }, cause };
  return usbFault(cause) === 'stalled'
    ? labError('facility/rejected-command', `the hub ${topologyPath} refused a request`, options)
    : labError('facility/no-answer', `the hub ${topologyPath} does not answer`, options);
}

function noAnswer(topologyPath: string, what: string): LabError {
  const message = `the hub ${topologyPath} gave no whole ${what}`;
  return labError('facility/no-answer', message, { details: { topologyPath } });
}

const switchingOf = (characteristics: number): PortPowerSwitching =>
  (characteristics & 3) === 1 ? 'per-port' : (characteristics & 3) === 0 ? 'ganged' : 'none';

function hubOver(topologyPath: string, handle: UsbHandle): UsbHub {
  const kind = handle.usbVersionMajor >= superSpeedVersionMajor ? 'superSpeedHub' : 'hub';
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (cause) {
      throw requestError(topologyPath, cause);
    }
  };
  const port = { requestType: 'class', recipient: 'other' } as const;
  return {
    topologyPath,
    ability: async () => {
      const value = descriptor[kind] << 8;
      const ask = { requestType: 'class', recipient: 'device', index: 0, value } as const;
      const setup = { ...ask, request: request.getDescriptor };
      const bytes = await asked(handle.nativeControlTransferIn(setup, requestTimeoutMs, 64));
      const [length, , portCount, low] = bytes ?? [];
      if (length === undefined || portCount === undefined || low === undefined) {
        throw noAnswer(topologyPath, 'descriptor');
      }
      return { portCount, switching: switchingOf(low) };
    },
    isPortOn: async (index) => {
      const setup = { ...port, request: request.getStatus, value: 0, index };
      const status = handle.nativeControlTransferIn(setup, requestTimeoutMs, portStatusBytes);
      const [low, high] = (await asked(status)) ?? [];
      if (low === undefined || high === undefined) throw noAnswer(topologyPath, 'port status');
      return ((low | (high << 8)) & powerBit[kind]) !== 0;
    },
    setPortPower: async (index, isOn) => {
      const feature = isOn ? request.setFeature : request.clearFeature;
      const setup = { ...port, request: feature, value: portPowerFeature, index };
      await asked(handle.nativeControlTransferOut(setup, requestTimeoutMs, new Uint8Array()));
    },
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
 * Opens the hub at this place for class requests. The system's hub driver keeps it; nothing is claimed or sent.
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
