import type { UsbDeviceHealth } from '#drivers/transports/usb/probe-usb-device.ts';
import type { UsbDeviceEntry } from '#drivers/transports/usb/usb-devices.ts';
import { describeUsbDevice } from '#drivers/transports/usb/usb-identity-selector.ts';

import { isBehindUsbDevice, type PluggedBoard } from '../lab/usb-of-board.ts';
import type { DoctorCheck } from './device-check.ts';

/** What doctor asks of a bus; a test brings its own. */
export interface ExaminedBus {
  readonly isThere: () => Promise<boolean>;
  readonly list: () => Promise<readonly UsbDeviceEntry[]>;
  readonly probe: (topologyPath: string) => Promise<UsbDeviceHealth>;
  readonly isBehind: (board: PluggedBoard, device: UsbDeviceEntry) => Promise<boolean>;
}

/** Loads the USB library now: where it cannot be, everything else is still examined. */
async function systemBus(): Promise<ExaminedBus> {
  const { hasUsbBus, listUsbDevices } = await import('#drivers/transports/usb/usb-devices.ts');
  const { probeUsbDevice } = await import('#drivers/transports/usb/probe-usb-device.ts');
  return {
    isThere: hasUsbBus,
    list: listUsbDevices,
    probe: probeUsbDevice,
    isBehind: isBehindUsbDevice,
  };
}

const healthWords: Readonly<Record<UsbDeviceHealth, string>> = {
  alive: 'answers',
  zombie:
    'zombie: it is listed and answers nothing → unplug it and plug it in again, or switch the power of its port off and on',
  absent: 'left while it was looked at → check cable and supply',
  denied: 'no permission to ask whether it is alive → give this user access with a udev rule',
};

async function deviceCheck(
  bus: ExaminedBus,
  device: UsbDeviceEntry,
  boards: readonly PluggedBoard[],
): Promise<DoctorCheck> {
  const boardIds: string[] = [];
  for (const board of boards) if (await bus.isBehind(board, device)) boardIds.push(board.id);
  const health = boardIds.length === 0 ? undefined : await bus.probe(device.topologyPath);
  const name = [device.manufacturer, device.product].filter(Boolean).join(' ');
  const detail = [
    describeUsbDevice(device),
    name,
    boardIds.length === 0 ? '' : `board ${boardIds.join(', ')}`,
    health === undefined ? '' : healthWords[health],
  ];
  const { topologyPath, vendorId, productId, serialNumber } = device;
  return {
    name: `USB ${topologyPath}`,
    ok: health !== 'zombie' && health !== 'absent',
    detail: detail.filter(Boolean).join(', '),
    usb: {
      topologyPath,
      vendorId,
      productId,
      serialNumber,
      boardIds,
      ...(health === undefined ? {} : { health }),
    },
  };
}

function nothing(detail: string): DoctorCheck {
  return { name: 'USB', ok: true, notTried: true, detail };
}

/** What is on the USB bus; devices with a board behind them are asked whether they are alive. Never rejects. */
export async function usbChecks(
  boards: readonly PluggedBoard[],
  examined?: ExaminedBus,
): Promise<DoctorCheck[]> {
  try {
    const bus = examined ?? (await systemBus());
    if (!(await bus.isThere())) return [nothing('this machine has no USB bus')];
    const devices = await bus.list();
    if (devices.length === 0) return [nothing('nothing is plugged in')];
    const checks: DoctorCheck[] = [];
    for (const device of devices) checks.push(await deviceCheck(bus, device, boards));
    return checks;
  } catch (error) {
    return [nothing(`the bus cannot be listed: ${String(error)}`)];
  }
}
