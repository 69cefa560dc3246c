import type { ErrorEntry } from './error-entry.ts';

/** Errors of the serial transport: the wire itself. */
export const serialErrors = {
  'serial/path-absent': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Plug the board in and check that the path in lab.config.ts exists.',
  },
  'serial/busy': {
    class: 'station',
    retry: 'automatic',
    remedy: 'Close the other program that holds this port (lsof names it), then run again.',
  },
  'serial/not-a-tty': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The path is not a serial device; correct it in lab.config.ts.',
  },
  'serial/denied': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Give the user who runs Assay access to the port (group dialout on Debian).',
  },
  'serial/open-failed': {
    class: 'station',
    retry: 'automatic',
    remedy: 'The port could not be opened; replug the device and run again.',
  },
  'serial/unplugged': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'The device left the bus; check cable and supply.',
  },
  'serial/write-failed': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'The port did not take the bytes; replug the device and run again.',
  },
  'serial/overflow': {
    class: 'infra',
    retry: 'automatic',
    remedy:
      'The device sent more without a line end than any reply may have; check baud rate and firmware.',
  },
} as const satisfies Record<string, ErrorEntry>;
