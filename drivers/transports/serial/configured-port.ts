import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

import { Type, type Static } from 'typebox';

import { ttyOfUsb } from '../usb/tty-of-usb.ts';
import { usbIdentityFields } from '../usb/usb-identity-selector.ts';

/** How a lab names a serial port: by its path, or by the USB device that it belongs to. */
export const portFields = {
  path: Type.Optional(
    Type.String({ minLength: 1, description: 'device path, better a by-id link' }),
  ),
  usb: Type.Optional(
    Type.Object(usbIdentityFields, {
      additionalProperties: false,
      minProperties: 1,
      description: 'instead of the path: the USB device whose port it is, wherever it enumerates',
    }),
  ),
} as const;

/** Options of an object with these fields: one of the two must be there, and not both. */
export const portChoice = { oneOf: [{ required: ['path'] }, { required: ['usb'] }] };

const PortSchema = Type.Object(portFields);
type Port = Static<typeof PortSchema>;

/** The path of the port now. @throws LabError usb/device-absent, usb/ambiguous */
export function configuredPortPath({ path, usb }: Port): Promise<string> {
  return path === undefined ? ttyOfUsb(usb ?? {}) : Promise.resolve(path);
}

/** What only one entry of a lab may use; two names of one port that is there are one resource. */
export function configuredPortResource({ path, usb }: Port): string {
  if (path === undefined)
    return `usb ${JSON.stringify(usb ?? {}, Object.keys(usb ?? {}).toSorted())}`;
  try {
    return realpathSync(path);
  } catch {
    // Not plugged in yet: the name is all there is to go by.
    return resolve(path);
  }
}
