import { Type, type Static } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';

import {
  presentUsbDevices,
  type PresentUsbDevice,
  type UsbDeviceEntry,
  type UsbInterfaceEntry,
} from './usb-devices.ts';
import {
  describeUsbDevice,
  describeUsbSelector,
  fitsUsbIdentity,
  usbIdentityFields,
} from './usb-identity-selector.ts';

const Code = Type.Integer({ minimum: 0, maximum: 0xff });

/** Which device, as far as it must be said to mean one; used in the configuration of drivers. */
export const UsbSelectorSchema = Type.Object(
  {
    ...usbIdentityFields,
    interfaceClass: Type.Optional(Code),
    interfaceSubclass: Type.Optional(Code),
    interfaceProtocol: Type.Optional(Code),
  },
  { additionalProperties: false },
);
export type UsbSelector = Static<typeof UsbSelectorSchema>;

/** The Assay device protocol's interface, class FF, subclass 41, protocol 01. */
const deviceProtocolInterface = { classCode: 0xff, subclassCode: 0x41, protocolCode: 0x01 };

type InterfaceCodes = Omit<UsbInterfaceEntry, 'interfaceNumber'>;

/** The codes of the interface that is looked for; unless it is said otherwise, the Assay device protocol's. */
export function wantedInterface(selector: UsbSelector): InterfaceCodes {
  return {
    classCode: selector.interfaceClass ?? deviceProtocolInterface.classCode,
    subclassCode: selector.interfaceSubclass ?? deviceProtocolInterface.subclassCode,
    protocolCode: selector.interfaceProtocol ?? deviceProtocolInterface.protocolCode,
  };
}

function hasInterface(entry: UsbDeviceEntry, wanted: InterfaceCodes): boolean {
  if (entry.interfaces === undefined) return true; // unknown until it is opened
  return entry.interfaces.some(
    (each) =>
      each.classCode === wanted.classCode &&
      each.subclassCode === wanted.subclassCode &&
      each.protocolCode === wanted.protocolCode,
  );
}

/** The one of those present that the selector means. Pure. @throws LabError usb/device-absent, usb/ambiguous */
export function pickUsbDevice<T extends { readonly entry: UsbDeviceEntry }>(
  selector: UsbSelector,
  present: readonly T[],
): T {
  const named = present.filter(({ entry }) => fitsUsbIdentity(selector, entry));
  const able = named.filter(({ entry }) => hasInterface(entry, wantedInterface(selector)));
  // A device that is named but lacks the interface is told apart later, when it is opened.
  const fitting = able.length > 0 || named.length > 1 ? able : named;
  const [first, ...others] = fitting;
  const words = describeUsbSelector(selector) || 'with that interface';
  if (first === undefined) {
    const seen = present.map(({ entry }) => describeUsbDevice(entry));
    throw labError('usb/device-absent', `no USB device ${words} is plugged in`, {
      details: { selector, present: seen },
    });
  }
  if (others.length > 0) {
    const candidates = fitting.map(({ entry }) => describeUsbDevice(entry));
    throw labError('usb/ambiguous', `${fitting.length} USB devices are ${words}`, {
      details: { selector, candidates },
    });
  }
  return first;
}

/** Looks for the device on the bus. @throws LabError usb/device-absent, usb/ambiguous */
export async function findUsbDevice(selector: UsbSelector): Promise<PresentUsbDevice> {
  return pickUsbDevice(selector, await presentUsbDevices());
}
