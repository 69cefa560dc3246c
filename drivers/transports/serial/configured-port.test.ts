import { Type } from 'typebox';
import { expect, test } from 'vitest';

import { shapeProblems } from '#harness/config/shape-problems.ts';

import {
  configuredPortPath,
  configuredPortResource,
  portChoice,
  portFields,
} from './configured-port.ts';

const Schema = Type.Object(portFields, { additionalProperties: false, ...portChoice });
const problems = (config: unknown): string[] =>
  shapeProblems(Schema, config, 'boards[0].config').map(
    ({ path, problem }) => `${path} ${problem}`,
  );

test('a port is named by its path or by its USB device, and by one of them', () => {
  expect(problems({ path: '/dev/ttyACM0' })).toEqual([]);
  expect(problems({ usb: { vendorId: 0x0483 } })).toEqual([]);
  expect(problems({})).not.toEqual([]);
  expect(problems({ usb: {} })).not.toEqual([]);
  expect(problems({ path: '/dev/ttyACM0', usb: { vendorId: 1 } })).not.toEqual([]);
});

test('the path of a port is as it stands, and that of an absent device is an error', async () => {
  expect(await configuredPortPath({ path: '/dev/x' })).toBe('/dev/x');
  const absent = configuredPortPath({ usb: { serialNumber: 'no such device' } });
  await expect(absent).rejects.toMatchObject({ code: 'usb/device-absent' });
});

test('two names of one port are one resource', () => {
  expect(configuredPortResource({ path: '/proc/self/../../dev/null' })).toBe('/dev/null');
  expect(configuredPortResource({ path: '/dev/no-such-port' })).toBe('/dev/no-such-port');
  const [one, other] = [
    configuredPortResource({ usb: { vendorId: 1, productId: 2 } }),
    configuredPortResource({ usb: { productId: 2, vendorId: 1 } }),
  ];
  expect(one).toBe(other);
});
