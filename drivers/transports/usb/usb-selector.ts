import { Type, type Static } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';

import {
  presentUsbDevices,
  type PresentUsbDevice,
  type UsbDeviceEntry,
  type UsbInterfaceEntry,
} from './usb-devices.ts';

const Code = Type.Integer({ minimum: 0, maximum: 0xff });
const Id = Type.Integer({ minimum: 0, maximum: 0xffff });

/** Which device, as far as it must be said to mean one; used in the configuration of drivers. */
export const UsbSelectorSchema = Type.Object(
  {
    vendorId: Type.Optional(Id),
    productId: Type.Optional(Id),
    serialNumber: Type.Optional(Type.String({ minLength: 1 })),
    topologyPath: Type.Optional(
      Type.String({ pattern: '^(usb\\d+|\\d+-\\d+(\\.\\d+)*)$', description: '1-1.2' }),
    ),
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

function fitsIdentity(selector: UsbSelector, entry: UsbDeviceEntry): boolean {
  return (
    (selector.vendorId ?? entry.vendorId) === entry.vendorId &&
    (selector.productId ?? entry.productId) === entry.productId &&
    (selector.serialNumber ?? entry.serialNumber) === entry.serialNumber &&
    (selector.topologyPath ?? entry.topologyPath) === entry.topologyPath
  );
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

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** A device in a few words: `1-1.2 1209:0001 ECHO0001`. */
export function describeUsbDevice(entry: UsbDeviceEntry): string {
  return `${entry.topologyPath} ${hex(entry.vendorId)}:${hex(entry.productId)} ${entry.serialNumber}`.trimEnd();
}

/** The selector in a few words, for messages. */
export function describeSelector(selector: UsbSelector): string {
  const { vendorId, productId, serialNumber, topologyPath } = selector;
  const words = [
    topologyPath,
    vendorId === undefined ? undefined : `vendor ${hex(vendorId)}`,
    productId === undefined ? undefined : `product ${hex(productId)}`,
    serialNumber,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? 'with that interface' : words.join(' ');
}

/** The one of those present that the selector means. Pure. @throws LabError usb/device-absent, usb/ambiguous */
export function pickUsbDevice<T extends { readonly entry: UsbDeviceEntry }>(
  selector: UsbSelector,
  present: readonly T[],
): T {
  const named = present.filter(({ entry }) => fitsIdentity(selector, entry));
  const able = named.filter(({ entry }) => hasInterface(entry, wantedInterface(selector)));
  // A device that is named but lacks the interface is told apart later, when it is opened.
  const fitting = able.length > 0 || named.length > 1 ? able : named;
  const [first, ...others] = fitting;
  const words = describeSelector(selector);
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
