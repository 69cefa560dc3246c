import { join } from 'node:path';

import { hwmonDevices, sensorLabel, type HwmonDevice } from './hwmon-devices.ts';
import { readNumber } from './read-sysfs.ts';
import type { FindSources, SourceChannel, TelemetrySource } from './telemetry-source.ts';

interface Rail {
  readonly channel: SourceChannel;
  readonly milliVoltFile: string;
  readonly milliAmpereFile: string;
}

const currentFile = /^curr(\d+)_input$/;

/** Rails with a bus voltage and a current of one number, and no power of their own. */
async function railsOf(device: HwmonDevice): Promise<readonly Rail[]> {
  const { folder, files } = device;
  const numbers = [...files].flatMap((file) => currentFile.exec(file)?.[1] ?? []);
  const unpowered = numbers.filter(
    (number) => files.has(`in${number}_input`) && !files.has(`power${number}_input`),
  );
  return Promise.all(
    unpowered.map(async (number) => {
      const label = await sensorLabel(device, `in${number}`);
      return {
        channel: { name: `${device.name}/${label} power`, unit: 'watts' as const },
        milliVoltFile: join(folder, `in${number}_input`),
        milliAmpereFile: join(folder, `curr${number}_input`),
      };
    }),
  );
}

async function readRail({ milliVoltFile, milliAmpereFile }: Rail): Promise<number | undefined> {
  const [milliVolts, milliAmperes] = await Promise.all([
    readNumber(milliVoltFile),
    readNumber(milliAmpereFile),
  ]);
  if (milliVolts === undefined || milliAmperes === undefined) return undefined;
  return (milliVolts * milliAmperes) / 1e6;
}

/** Power monitors of the INA family whose driver gives no power: volts times amperes, rail by rail. */
export const findInaPower: FindSources = async ({ sysfs }) => {
  const devices = (await hwmonDevices(sysfs)).filter(({ chip }) => chip.startsWith('ina'));
  const sources: TelemetrySource[] = [];
  for (const device of devices) {
    const rails = await railsOf(device);
    if (rails.length === 0) continue;
    sources.push({
      name: `power of ${device.name}`,
      channels: rails.map(({ channel }) => channel),
      read: async () => Promise.all(rails.map(readRail)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }
  return sources;
};
