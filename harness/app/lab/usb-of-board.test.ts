import { expect, test } from 'vitest';

import { isAtSerialPort, namesUsbDevice, ttyPathOf } from './usb-of-board.ts';

const probe = { topologyPath: '1-1.2', vendorId: 0x0483, productId: 0x374b, serialNumber: 'A1' };

test.each([
  { config: { usb: { serialNumber: 'A1' } }, names: true, serial: true },
  { config: { usb: { serialNumber: 'B2' } }, names: false, serial: true },
  { config: { link: { kind: 'usb', topologyPath: '1-1.2' } }, names: true, serial: false },
  { config: { link: { kind: 'usb', topologyPath: '1-1.3' } }, names: false, serial: false },
  { config: { link: { kind: 'serial', path: '/dev/ttyACM0' } }, names: false, serial: true },
  { config: { link: { kind: 'tcp', host: 'h' } }, names: false, serial: false },
  { config: { path: '/dev/ttyACM0' }, names: false, serial: true },
  { config: {}, names: false, serial: false },
])('a board with $config', ({ config, names, serial }) => {
  const board = { id: 'mcu-1', config };
  expect(namesUsbDevice(board, probe)).toBe(names);
  expect(isAtSerialPort(board)).toBe(serial);
});

test('the identity that the lab expects names the device, too', () => {
  const board = { id: 'mcu-1', config: { path: '/dev/ttyACM0' } };
  expect(namesUsbDevice({ ...board, identity: { usbSerial: 'A1' } }, probe)).toBe(true);
  expect(namesUsbDevice({ ...board, identity: { usbPath: '1-4', usbSerial: 'A1' } }, probe)).toBe(
    false,
  );
  expect(namesUsbDevice({ ...board, identity: { chipId: '7' } }, probe)).toBe(false);
  expect(ttyPathOf(board)).toBe('/dev/ttyACM0');
});
