import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { DeviceUnit } from '#harness/contracts/dut.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import type { FindSources, SourceChannel, TelemetrySource } from './telemetry-source.ts';

/** What is asked of each device, and what its numbers are. */
const fields: readonly {
  readonly query: string;
  readonly name: string;
  readonly unit: DeviceUnit;
  readonly factor: number;
}[] = [
  { query: 'power.draw.average', name: 'power average', unit: 'watts', factor: 1 },
  { query: 'power.draw.instant', name: 'power', unit: 'watts', factor: 1 },
  { query: 'temperature.gpu', name: 'temperature', unit: 'celsius', factor: 1 },
  { query: 'temperature.memory', name: 'memory temperature', unit: 'celsius', factor: 1 },
  { query: 'clocks.sm', name: 'sm clock', unit: 'hertz', factor: 1e6 },
  { query: 'utilization.gpu', name: 'utilization', unit: 'percent', factor: 1 },
  { query: 'memory.used', name: 'memory used', unit: 'bytes', factor: 1024 * 1024 },
];

/** One line of `--format=csv,noheader,nounits`: a device and its values. */
export interface NvidiaLine {
  readonly uuid: string;
  /** In the order of the channels; undefined for what the device does not tell (`[N/A]`). */
  readonly values: readonly (number | undefined)[];
}

const periodMs = 200;
const lineBytesMax = 4096;
const deviceCountMax = 16;
const firstLineTimeoutMs = 10_000;

/** @returns undefined for a line that is none of a device */
export function parseNvidiaLine(line: string): NvidiaLine | undefined {
  const [uuid = '', ...texts] = line.split(',').map((text) => text.trim());
  if (!uuid.startsWith('GPU-') || texts.length !== fields.length) return undefined;
  const values = texts.map((text, index) =>
    /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) * (fields[index]?.factor ?? 1) : undefined,
  );
  return { uuid, values };
}

function channelsOf(uuid: string): readonly SourceChannel[] {
  const short = uuid.slice(0, 'GPU-'.length + 8);
  return fields.map(({ name, unit }) => ({ name: `nvidia ${short}/${name}`, unit }));
}

/** One process for all reports, as long as the agent runs; each device's newest line counts. */
export const findNvidiaSmi: FindSources = async ({ nvidiaSmi }) => {
  const args = [
    `--query-gpu=uuid,${fields.map(({ query }) => query).join(',')}`,
    '--format=csv,noheader,nounits',
    '-lms',
    String(periodMs),
  ];
  const child = spawn(nvidiaSmi, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const latest = new Map<string, NvidiaLine['values']>();
  const ended = Promise.withResolvers<void>();
  const seenTwice = Promise.withResolvers<void>();
  child.on('error', () => ended.resolve());
  child.on('exit', () => {
    // No old values for new ones.
    latest.clear();
    ended.resolve();
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => {
    const line = text.length > lineBytesMax ? undefined : parseNvidiaLine(text);
    if (line === undefined) return;
    // The first device's second line: all have had their first.
    if (latest.has(line.uuid)) seenTwice.resolve();
    else if (latest.size >= deviceCountMax) return;
    latest.set(line.uuid, line.values);
  });
  const found = Promise.race([seenTwice.promise, ended.promise]);
  await raceSignal(found, AbortSignal.timeout(firstLineTimeoutMs)).catch(() => undefined);
  const uuids = [...latest.keys()];
  const close = (): Promise<void> => {
    lines.close();
    child.kill('SIGKILL');
    return Promise.resolve();
  };
  if (uuids.length === 0) {
    await close();
    return [];
  }
  const source: TelemetrySource = {
    name: 'nvidia-smi',
    channels: uuids.flatMap(channelsOf),
    read: () =>
      Promise.resolve(
        uuids.flatMap((uuid) => latest.get(uuid) ?? fields.map((): undefined => undefined)),
      ),
    [Symbol.asyncDispose]: close,
  };
  return [source];
};
