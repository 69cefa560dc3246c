import type { ErrorEntry } from './error-entry.ts';

/** Errors of the USB transport. */
export const usbErrors = {
  'usb/device-absent': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Plug the device in; `assay doctor` lists what is there.',
  },
  'usb/ambiguous': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Several devices fit: add the topology path or the serial number to lab.config.ts.',
  },
  'usb/denied': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Give the user who runs Assay access to the device with a udev rule.',
  },
  'usb/busy': {
    class: 'station',
    retry: 'automatic',
    remedy: 'Another program holds the interface; close it, then run again.',
  },
  'usb/wrong-interface': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The device has no such interface or endpoints; check the entry in lab.config.ts.',
  },
  'usb/stalled': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'The endpoint refused the transfer; the firmware of the device did not expect it.',
  },
  'usb/transfer-failed': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'A transfer failed on the bus; check cable and hub.',
  },
  'usb/unplugged': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'The device left the bus; check cable and supply.',
  },
  'usb/no-emulation': {
    class: 'infra',
    retry: 'never',
    remedy: 'The emulated bus needs root, /dev/fuse and gcc; see fixtures/usb-emulation/README.md.',
  },
} as const satisfies Record<string, ErrorEntry>;
