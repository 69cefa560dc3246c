import { join } from 'node:path';

import type { Clock } from '#harness/kernel/clock.ts';

import { listNames, readNumber, readText } from './read-sysfs.ts';
import type { FindSources, TelemetrySource } from './telemetry-source.ts';

/** A counter of energy as it was read. */
interface EnergyReading {
  readonly atNs: number;
  readonly microJoules: number;
}

interface Domain {
  readonly name: string;
  readonly file: string;
  /** The counter starts anew after this value. */
  readonly rangeMicroJoules: number;
}

/**
 * Mean power between two readings of a counter that wraps once at most in between.
 *
 * @returns undefined when no time has passed
 */
export function meanWatts(
  before: EnergyReading,
  after: EnergyReading,
  rangeMicroJoules: number,
): number | undefined {
  const elapsedNs = after.atNs - before.atNs;
  if (elapsedNs <= 0) return undefined;
  const difference = after.microJoules - before.microJoules;
  const microJoules = difference < 0 ? difference + rangeMicroJoules : difference;
  return (microJoules * 1000) / elapsedNs;
}

function domainSource(domain: Domain, clock: Clock): TelemetrySource {
  let before: EnergyReading | undefined;
  return {
    name: `RAPL ${domain.name}`,
    channels: [{ name: `rapl/${domain.name}`, unit: 'watts' }],
    read: async () => {
      const microJoules = await readNumber(domain.file);
      if (microJoules === undefined) return [undefined];
      const last = before;
      before = { atNs: clock.nowNs(), microJoules };
      return [last === undefined ? undefined : meanWatts(last, before, domain.rangeMicroJoules)];
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Counters of energy of the processor, as mean power since the reading before. Only root may read them. */
export const findRapl: FindSources = async ({ sysfs, clock, log }) => {
  const parent = join(sysfs, 'class/powercap');
  const zones = await listNames(parent, /^intel-rapl:\d+(?::\d+)?$/);
  const sources: TelemetrySource[] = [];
  for (const zone of zones) {
    const folder = join(parent, zone);
    const name = (await readText(join(folder, 'name'))) ?? zone;
    const packageNumber = /^intel-rapl:(\d+):/.exec(zone)?.[1];
    const file = join(folder, 'energy_uj');
    const rangeMicroJoules = await readNumber(join(folder, 'max_energy_range_uj'));
    if (rangeMicroJoules === undefined || (await readNumber(file)) === undefined) {
      const fields = { zone, file };
      log({ level: 'warn', message: 'RAPL cannot be read; it takes root', fields });
      continue;
    }
    const fullName = packageNumber === undefined ? name : `package-${packageNumber}/${name}`;
    sources.push(domainSource({ name: fullName, file, rangeMicroJoules }, clock));
  }
  return sources;
};
