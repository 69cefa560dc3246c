import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { usbIdentityOfTty } from '#drivers/transports/usb/usb-identity-of-tty.ts';
import {
  fitsUsbIdentity,
  usbIdentityFields,
  type UsbIdentitySelector,
} from '#drivers/transports/usb/usb-identity-selector.ts';
import type { BoardEntry } from '#harness/contracts/define-lab.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

type UsbIdentity = NonNullable<DutIdentity['usb']>;

/** What of a board's entry says where it is plugged in. */
export type PluggedBoard = Pick<BoardEntry, 'id' | 'config' | 'identity'>;

/** How drivers' configurations name a serial port or a USB device. */
const PortSchema = Type.Object({ path: Type.String() });
const UsbSchema = Type.Object({ usb: Type.Object(usbIdentityFields) });
const LinkSchema = Type.Object({ link: Type.Object({ kind: Type.String() }) });
const UsbLinkSchema = Type.Object({
  link: Type.Object({ kind: Type.Literal('usb'), ...usbIdentityFields }),
});

function linkOf(config: unknown): unknown {
  return Value.Check(LinkSchema, config) ? config.link : config;
}

/** The serial port of a board that is named by its path; undefined for any other board. Pure. */
export function ttyPathOf({ config }: PluggedBoard): string | undefined {
  const link = linkOf(config);
  return Value.Check(PortSchema, link) ? link.path : undefined;
}

/** Whether the host talks to the board through a serial port. Pure. */
export function isAtSerialPort(board: PluggedBoard): boolean {
  return ttyPathOf(board) !== undefined || Value.Check(UsbSchema, board.config);
}

/** The device that a board's configuration names, or the one that the lab expects; undefined where neither does. Pure. */
function namedDevice({ config, identity }: PluggedBoard): UsbIdentitySelector | undefined {
  if (Value.Check(UsbSchema, config)) return config.usb;
  if (Value.Check(UsbLinkSchema, config)) return config.link;
  const { usbPath, usbSerial } = identity ?? {};
  if (usbPath === undefined && usbSerial === undefined) return undefined;
  return {
    ...(usbPath === undefined ? {} : { topologyPath: usbPath }),
    ...(usbSerial === undefined ? {} : { serialNumber: usbSerial }),
  };
}

/** Whether a board's entry names this device; false where it names a path only. Pure. */
export function namesUsbDevice(board: PluggedBoard, device: UsbIdentity): boolean {
  const named = namedDevice(board);
  return named !== undefined && fitsUsbIdentity(named, device);
}

/** Whether a board is behind this device: by its entry, or because its serial port is the device's now. */
export async function isBehindUsbDevice(
  board: PluggedBoard,
  device: UsbIdentity,
): Promise<boolean> {
  if (namesUsbDevice(board, device)) return true;
  const path = ttyPathOf(board);
  const found = path === undefined ? undefined : await usbIdentityOfTty(path);
  return found !== undefined && found.topologyPath === device.topologyPath;
}
