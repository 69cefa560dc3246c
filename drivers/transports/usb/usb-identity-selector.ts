import { Type } from 'typebox';

import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

const Id = Type.Integer({ minimum: 0, maximum: 0xffff });

/** What a lab may say about a USB device; as much of it as is needed to mean one. Loads no USB library. */
export const usbIdentityFields = {
  vendorId: Type.Optional(Id),
  productId: Type.Optional(Id),
  serialNumber: Type.Optional(Type.String({ minLength: 1 })),
  topologyPath: Type.Optional(
    Type.String({ pattern: '^(usb\\d+|\\d+-\\d+(\\.\\d+)*)$', description: '1-1.2' }),
  ),
} as const;

type UsbIdentity = NonNullable<DutIdentity['usb']>;

/** Which device, as far as it must be said. */
export type UsbIdentitySelector = Partial<UsbIdentity>;

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** Whether a device is one that the selector means. Pure. */
export function fitsUsbIdentity(selector: UsbIdentitySelector, device: UsbIdentity): boolean {
  return (
    (selector.vendorId ?? device.vendorId) === device.vendorId &&
    (selector.productId ?? device.productId) === device.productId &&
    (selector.serialNumber ?? device.serialNumber) === device.serialNumber &&
    (selector.topologyPath ?? device.topologyPath) === device.topologyPath
  );
}

/** A device in a few words: `1-1.2 1209:0001 ECHO0001`. */
export function describeUsbDevice(device: UsbIdentity): string {
  return `${device.topologyPath} ${hex(device.vendorId)}:${hex(device.productId)} ${device.serialNumber}`.trimEnd();
}

/** The selector in a few words, for messages; empty when it says nothing. */
export function describeUsbSelector(selector: UsbIdentitySelector): string {
  const { vendorId, productId, serialNumber, topologyPath } = selector;
  return [
    topologyPath,
    vendorId === undefined ? undefined : `vendor ${hex(vendorId)}`,
    productId === undefined ? undefined : `product ${hex(productId)}`,
    serialNumber,
  ]
    .filter((word) => word !== undefined)
    .join(' ');
}
