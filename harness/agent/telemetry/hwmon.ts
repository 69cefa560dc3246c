import { join } from 'node:path';

import type { DeviceUnit } from '#harness/contracts/dut.ts';

import { hwmonDevices, sensorLabel, type HwmonDevice } from './hwmon-devices.ts';
import { readNumber } from './read-sysfs.ts';
import type { FindSources, SourceChannel, TelemetrySource } from './telemetry-source.ts';

/** Kinds of sensors: what one unit of their file is. */
const kinds: Readonly<Record<string, { readonly unit: DeviceUnit; readonly scale: number }>> = {
  temp: { unit: 'celsius', scale: 1e-3 },
  power: { unit: 'watts', scale: 1e-6 },
  curr: { unit: 'amperes', scale: 1e-3 },
  in: { unit: 'volts', scale: 1e-3 },
  energy: { unit: 'joules', scale: 1e-6 },
  fan: { unit: 'rpm', scale: 1 },
};
const valueFile = /^((temp|power|curr|in|energy|fan)\d+)_(input|average)$/;

interface Sensor {
  readonly channel: SourceChannel;
  readonly file: string;
  readonly faultFile: string | undefined;
  readonly scale: number;
}

/** A value by its exact scale: 41 500 m°C are 41.5, not 41.500000000000004. */
function scaled(raw: number, scale: number): number {
  return scale >= 1 ? raw : raw / Math.round(1 / scale);
}

async function sensorOf(device: HwmonDevice, name: string): Promise<Sensor | undefined> {
  const [, sensor = '', kind = '', form = ''] = valueFile.exec(name) ?? [];
  const meaning = kinds[kind];
  if (meaning === undefined) return undefined;
  // Some chips have both; what the input says is newer.
  if (form === 'average' && device.files.has(`${sensor}_input`)) return undefined;
  const label = await sensorLabel(device, sensor);
  const fault = `${sensor}_fault`;
  return {
    channel: { name: `${device.name}/${label}`, unit: meaning.unit },
    file: join(device.folder, name),
    faultFile: device.files.has(fault) ? join(device.folder, fault) : undefined,
    scale: meaning.scale,
  };
}

async function readSensor({ file, faultFile, scale }: Sensor): Promise<number | undefined> {
  if (faultFile !== undefined && (await readNumber(faultFile)) === 1) return undefined;
  const raw = await readNumber(file);
  return raw === undefined ? undefined : scaled(raw, scale);
}

async function sourceOf(device: HwmonDevice): Promise<TelemetrySource> {
  const found = await Promise.all([...device.files].map((name) => sensorOf(device, name)));
  const sensors = found.filter((sensor) => sensor !== undefined);
  return {
    name: `hwmon ${device.name}`,
    channels: sensors.map(({ channel }) => channel),
    read: async () => Promise.all(sensors.map(readSensor)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Every chip of hwmon: temperatures, powers, currents, voltages, energies, fans. */
export const findHwmon: FindSources = async ({ sysfs }) => {
  const sources = await Promise.all((await hwmonDevices(sysfs)).map(sourceOf));
  return sources.filter(({ channels }) => channels.length > 0);
};
