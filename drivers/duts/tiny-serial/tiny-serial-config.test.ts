import { expect, it } from 'vitest';

import { tinySerialSettings } from './tiny-serial-config.ts';

it('a board without IO manager is talked to in chunks of 38 bytes at 115200 baud, an energy build at 9600', () => {
  expect(tinySerialSettings({ path: '/p' })).toMatchObject({
    chunkBytes: 38,
    baudRate: 115_200,
    firmwareMode: 'performance',
  });
  expect(tinySerialSettings({ path: '/p', firmwareMode: 'energy' })).toMatchObject({
    baudRate: 9_600,
  });
});

it('an IO manager takes chunks of 26 bytes at 115200 baud and has 9600 towards an energy build', () => {
  const stm32 = tinySerialSettings({ path: '/p', ioManager: 'stm32', firmwareMode: 'energy' });
  expect(stm32).toMatchObject({ chunkBytes: 26, baudRate: 115_200, dutBaudRate: 9_600 });
  const asItIs = tinySerialSettings({ path: '/p', ioManager: 'stm32' });
  expect(asItIs).not.toHaveProperty('dutBaudRate');
  const arduino = tinySerialSettings({ path: '/p', ioManager: 'arduino', firmwareMode: 'energy' });
  expect(arduino).not.toHaveProperty('dutBaudRate');
});

it('what the lab says stands', () => {
  const config = { path: '/p', ioManager: 'stm32', chunkBytes: 8, dutBaudRate: 115_200 } as const;
  expect(tinySerialSettings(config)).toMatchObject(config);
});
