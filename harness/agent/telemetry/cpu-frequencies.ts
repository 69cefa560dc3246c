import { join } from 'node:path';

import { listNames, readNumber } from './read-sysfs.ts';
import type { FindSources } from './telemetry-source.ts';

/** The frequency of each group of cores as cpufreq set it, in kHz. */
export const findCpuFrequencies: FindSources = async ({ sysfs }) => {
  const parent = join(sysfs, 'devices/system/cpu/cpufreq');
  const policies = await listNames(parent, /^policy\d+$/);
  if (policies.length === 0) return [];
  return [
    {
      name: 'cpufreq',
      channels: policies.map((policy) => ({ name: `cpufreq/${policy}`, unit: 'hertz' as const })),
      read: () =>
        Promise.all(
          policies.map(async (policy) => {
            const kiloHertz = await readNumber(join(parent, policy, 'scaling_cur_freq'));
            return kiloHertz === undefined ? undefined : kiloHertz * 1000;
          }),
        ),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  ];
};
