import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import type { PresentUsbDevice, UsbHandle } from './usb-devices.ts';
import { usbFault, usbWords } from './usb-fault.ts';
import { describeUsbDevice } from './usb-identity-selector.ts';
import { wantedInterface, type UsbSelector } from './usb-selector.ts';

/** One bulk endpoint. */
interface BulkEndpoint {
  readonly endpointNumber: number;
  readonly packetBytes: number;
}

/** An interface that is ours, with its pair of endpoints. */
export interface ClaimedInterface {
  readonly handle: UsbHandle;
  readonly interfaceNumber: number;
  readonly input: BulkEndpoint;
  readonly output: BulkEndpoint;
}

/** The matching interface's number and endpoints, from the descriptors of an open device. */
type FoundInterface = Omit<ClaimedInterface, 'handle'>;

function bulkEndpoint(
  endpoints: readonly USBEndpoint[],
  direction: USBDirection,
): BulkEndpoint | undefined {
  const bulk = endpoints.filter((each) => each.type === 'bulk' && each.direction === direction);
  const [only] = bulk;
  if (only === undefined || bulk.length > 1) return undefined;
  return { endpointNumber: only.endpointNumber, packetBytes: only.packetSize };
}

function findInterface(handle: UsbHandle, selector: UsbSelector): FoundInterface | undefined {
  const wanted = wantedInterface(selector);
  for (const { interfaceNumber, alternate } of handle.configuration?.interfaces ?? []) {
    if (
      alternate.interfaceClass !== wanted.classCode ||
      alternate.interfaceSubclass !== wanted.subclassCode ||
      alternate.interfaceProtocol !== wanted.protocolCode
    ) {
      continue;
    }
    const input = bulkEndpoint(alternate.endpoints, 'in');
    const output = bulkEndpoint(alternate.endpoints, 'out');
    if (input !== undefined && output !== undefined) return { interfaceNumber, input, output };
  }
  return undefined;
}

/** What a refusal to open or to claim means. */
export function usbOpenError(device: PresentUsbDevice, cause: unknown): LabError {
  const named = describeUsbDevice(device.entry);
  const options = { details: { device: device.entry, words: usbWords(cause) }, cause };
  switch (usbFault(cause)) {
    case 'busy':
      return labError('usb/busy', `another program holds the USB device ${named}`, options);
    case 'denied':
      return labError('usb/denied', `no permission to open the USB device ${named}`, options);
    case 'absent':
    case 'disconnected':
      return labError('usb/unplugged', `the USB device ${named} left while it was opened`, options);
    case 'cancelled':
    case 'stalled':
    case 'failed':
      return labError(
        'usb/transfer-failed',
        `the USB device ${named} could not be opened: ${usbWords(cause)}`,
        options,
      );
  }
}

function wrongInterface(device: PresentUsbDevice, selector: UsbSelector): LabError {
  const { classCode, subclassCode, protocolCode } = wantedInterface(selector);
  const codes = [classCode, subclassCode, protocolCode].map((code) => code.toString(16)).join('/');
  const named = describeUsbDevice(device.entry);
  const message = `${named} has no interface ${codes} with one bulk endpoint each way`;
  return labError('usb/wrong-interface', message, {
    details: { selector, device: device.entry },
  });
}

/**
 * Opens the device and claims the wanted interface for this process alone.
 *
 * @throws LabError usb/wrong-interface, usb/busy, usb/denied, usb/unplugged, usb/transfer-failed
 */
export async function claimUsbInterface(
  device: PresentUsbDevice,
  selector: UsbSelector,
): Promise<ClaimedInterface> {
  const { handle } = device;
  try {
    await handle.open();
  } catch (cause) {
    throw usbOpenError(device, cause);
  }
  try {
    const found = findInterface(handle, selector);
    if (found === undefined) throw wrongInterface(device, selector);
    try {
      await handle.claimInterface(found.interfaceNumber);
    } catch (cause) {
      throw usbOpenError(device, cause);
    }
    return { handle, ...found };
  } catch (error) {
    await handle.close().catch(() => undefined); // it is of no use to us; the first error counts
    throw error;
  }
}
