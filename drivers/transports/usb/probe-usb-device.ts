import { presentUsbDevices } from './usb-devices.ts';
import { usbFault } from './usb-fault.ts';

/** How a device at this place fares: `zombie` when it is listed and answers nothing. */
export type UsbDeviceHealth = 'alive' | 'zombie' | 'absent' | 'denied';

const probeTimeoutMs = 500;
const statusBytes = 2;
/** GET_STATUS of the device (USB 2.0, 9.4.5): every device answers it, whatever else it does. */
const getStatus = {
  requestType: 'standard',
  recipient: 'device',
  request: 0,
  value: 0,
  index: 0,
} as const;

/**
 * Asks the device at this place for its status, beside whoever uses it: a device that hangs stays listed, and only a
 * question tells. Takes at most half a second.
 */
export async function probeUsbDevice(topologyPath: string): Promise<UsbDeviceHealth> {
  const present = await presentUsbDevices();
  const found = present.find(({ entry }) => entry.topologyPath === topologyPath);
  if (found === undefined) return 'absent';
  const { handle } = found;
  try {
    await handle.open();
    const status = await handle.nativeControlTransferIn(getStatus, probeTimeoutMs, statusBytes);
    return status?.length === statusBytes ? 'alive' : 'zombie';
  } catch (cause) {
    return usbFault(cause) === 'denied' ? 'denied' : 'zombie';
  } finally {
    await handle.close().catch(() => undefined); // it may have left meanwhile
  }
}
