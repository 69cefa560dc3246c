import { join } from 'node:path';

import { linkedName, listNames, readText } from './read-sysfs.ts';

/** A chip of /sys/class/hwmon; its number there changes from boot to boot. */
export interface HwmonDevice {
  readonly folder: string;
  /** What the driver calls the chip: `coretemp`, `ina3221`. */
  readonly chip: string;
  /** Chip and device behind it: `ina3221.1-0040`. */
  readonly name: string;
  /** Names of the attribute files. */
  readonly files: ReadonlySet<string>;
}

const attributeFile = /^[a-z]+\d+_[a-z_]+$/;

/** All chips, each with its attribute files. */
export async function hwmonDevices(sysfs: string): Promise<readonly HwmonDevice[]> {
  const parent = join(sysfs, 'class/hwmon');
  const devices: HwmonDevice[] = [];
  for (const entry of await listNames(parent, /^hwmon\d+$/)) {
    const folder = join(parent, entry);
    const chip = await readText(join(folder, 'name'));
    if (chip === undefined || chip === '') continue;
    const device = await linkedName(join(folder, 'device'));
    const name = device === undefined ? chip : `${chip}.${device}`;
    devices.push({ folder, chip, name, files: new Set(await listNames(folder, attributeFile)) });
  }
  return devices;
}

/** A sensor's label where it has one, else its own name: `temp1`. */
export async function sensorLabel({ folder, files }: HwmonDevice, sensor: string): Promise<string> {
  const label = `${sensor}_label`;
  return (files.has(label) ? await readText(join(folder, label)) : undefined) ?? sensor;
}
