import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { decodePowerBlocks, encodePowerBlock, encodePowerFileHeader } from '../raw/power-blocks.ts';
import { median } from '../statistics/median.ts';
import { alignPower, type PowerTrace } from './align-power.ts';
import { windowEnergy } from './window-energy.ts';

/** The real traces lie beside the repository, in a `shared` folder of it or of a folder above. */
function tracesFolder(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const traces = join(folder, 'shared', 'data', 'tiny', 'energy-traces');
    if (existsSync(traces)) return traces;
  }
  return undefined;
}

/** The published figures of one run: per window its energy in microjoules and its power in microwatts. */
function publishedWindows(text: string): { energy: string; power: string; perInference: string }[] {
  const figure = (label: string): string[] =>
    [...text.matchAll(new RegExp(`${label}\\s*:\\s+([0-9.]+) u`, 'gu'))].map(
      (match) => match[1] ?? '',
    );
  const [powers, costs] = [figure('Power'), figure('Energy/Inf\\.')];
  return figure('Energy').map((energy, index) => ({
    energy,
    power: powers[index] ?? '',
    perInference: costs[index] ?? '',
  }));
}

/**
 * A trace in the format of the sheet: u8 version 0xF1, f32LE rate, f32LE microjoules per sample; sample i starts at
 * 1/rate added up i times. The numbers stay microjoules here, so that nothing is rounded twice.
 */
function publishedTrace(bytes: Buffer): PowerTrace {
  expect(bytes[0]).toBe(0xf1);
  const sampleRateHz = bytes.readFloatLE(1);
  const sampleCount = (bytes.length - 5) / 4;
  const energyJoules = Float32Array.from({ length: sampleCount }, (_, sample) =>
    bytes.readFloatLE(5 + 4 * sample),
  );
  const starts: number[] = [];
  for (let start = 0; starts.length <= sampleCount; start += 1 / sampleRateHz) starts.push(start);
  const block = { firstSampleIndex: 0, arrivedAtNs: 0, lostSampleCount: 0, sampleRateHz };
  return {
    blocks: [{ ...block, energyJoules }],
    sampleRateHz,
    firstSampleIndex: 0,
    endSampleIndex: sampleCount,
    startNs: (sample) => (starts[sample] ?? sample / sampleRateHz) * 1e9,
    offsetUncertaintyNs: 0,
  };
}

/** The same samples as a meter would deliver them in joules: through the bytes of raw/power.bin, 1000 at a time. */
function recordedTrace(trace: PowerTrace): PowerTrace | undefined {
  const { sampleRateHz } = trace;
  const [microjoules] = trace.blocks.map((block) => block.energyJoules);
  const parts: Uint8Array[] = [encodePowerFileHeader()];
  for (let first = 0; first < trace.endSampleIndex; first += 1000) {
    const energyJoules = (microjoules ?? new Float32Array())
      .subarray(first, first + 1000)
      .map((value) => value / 1e6);
    const arrivedAtNs = ((first + energyJoules.length) * 1e9) / sampleRateHz + (first % 3) * 1e6;
    const block = { firstSampleIndex: first, arrivedAtNs, sampleRateHz, lostSampleCount: 0 };
    parts.push(encodePowerBlock({ ...block, energyJoules }));
  }
  return alignPower(decodePowerBlocks(Buffer.concat(parts)));
}

const folder = tracesFolder();

describe.skipIf(folder === undefined)('published energy runs', () => {
  it.each(['octoml_l4r5zi_kws', 'st_u575_ic'])(
    'every window of %s comes out to the printed digit',
    (name) => {
      const read = (part: string): Buffer => readFileSync(join(folder ?? '', `${name}_${part}`));
      const text = read('results.txt').toString();
      const published = publishedWindows(text);
      const trace = publishedTrace(read('trace1-energy.bin'));
      const parsed: unknown = JSON.parse(read('trace1-timestamps.json').toString());
      const edges = Array.isArray(parsed) ? parsed.map(Number) : [];
      expect(published).toHaveLength(5);
      expect(edges).toHaveLength(11);
      const inferences = Number(/# Inferences :\s+(\d+)/u.exec(text)?.[1]);
      const costs = published.map((window, index) => {
        const [start = 0, end = 0] = edges.slice(2 * index + 1);
        const span = { startedAtNs: start * 1e9, endedAtNs: end * 1e9 };
        const { joules: energy, sampleCount, complete } = windowEnergy(trace, span);
        expect(complete).toBe(true);
        expect(energy.toFixed(2)).toBe(Number(window.energy).toFixed(2));
        const powerMicrowatts = (energy * trace.sampleRateHz) / sampleCount;
        expect(powerMicrowatts.toFixed(3)).toBe(window.power);
        expect((energy / inferences).toFixed(3)).toBe(window.perInference);
        const recorded = windowEnergy(recordedTrace(trace) ?? trace, span);
        const oneSample = energy / sampleCount;
        expect(Math.abs(recorded.joules * 1e6 - energy)).toBeLessThan(1.5 * oneSample);
        return energy / inferences;
      });
      const printed = /Median energy cost is ([0-9.]+) uJ/u.exec(text)?.[1];
      expect(median(costs).toFixed(3)).toBe(printed);
    },
  );
});
