import { join } from 'node:path';

import { listNames, readNumber, readText } from './read-sysfs.ts';
import type { FindSources } from './telemetry-source.ts';

/** /sys/class/thermal: what the kernel steers by, in m°C. */
export const findThermalZones: FindSources = async ({ sysfs }) => {
  const parent = join(sysfs, 'class/thermal');
  const names = await listNames(parent, /^thermal_zone\d+$/);
  if (names.length === 0) return [];
  const zones = await Promise.all(
    names.map(async (name) => ({
      channel: {
        name: `thermal/${(await readText(join(parent, name, 'type'))) ?? name}`,
        unit: 'celsius' as const,
      },
      file: join(parent, name, 'temp'),
    })),
  );
  return [
    {
      name: 'thermal zones',
      channels: zones.map(({ channel }) => channel),
      read: () =>
        Promise.all(
          zones.map(async ({ file }) => {
            const milliCelsius = await readNumber(file);
            return milliCelsius === undefined ? undefined : milliCelsius / 1000;
          }),
        ),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  ];
};
