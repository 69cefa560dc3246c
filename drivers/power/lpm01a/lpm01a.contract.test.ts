import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { PowerBlock, PowerMeter } from '#harness/contracts/power-meter.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { lpm01a } from './lpm01a.ts';
import { startSimulator, type Simulator } from './testing/simulator.ts';

const sampleRateHz = 1000;

/** Collects blocks and tells when so many samples are there. */
function collector(): {
  readonly blocks: PowerBlock[];
  readonly take: (block: PowerBlock) => void;
  readonly untilCount: (sampleCount: number) => Promise<void>;
} {
  const blocks: PowerBlock[] = [];
  let sampleCount = 0;
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  return {
    blocks,
    take: (block) => {
      blocks.push(block);
      sampleCount += block.energyJoules.length;
      if (waiting !== undefined && sampleCount >= waiting.count) waiting.resolve();
    },
    untilCount: (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { count, resolve };
      return promise;
    },
  };
}

describe('lpm01a against the simulated analyzer', () => {
  let folder = '';
  let path = '';
  let signal: AbortSignal;
  let simulator: Simulator | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-lpm-sim-'));
    path = join(folder, 'analyzer');
    signal = AbortSignal.timeout(28_000);
    simulator = undefined;
  });

  afterEach(async () => {
    await simulator?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const openMeter = async (...faults: readonly string[]): Promise<PowerMeter> => {
    simulator ??= await startSimulator(path, faults, signal);
    const context = { instrumentId: 'lpm', clock: systemClock(), log: () => {} };
    return lpm01a.open({ path, supplyVolts: 3.3, sampleRateHz, settleMs: 100 }, context, signal);
  };

  it('identifies, captures two seconds of an idle board, stops and releases', async () => {
    await using meter = await openMeter();
    const identity = await meter.identify(signal);
    expect(identity.serialNumber).toBe('2036-3733');
    expect(identity.firmware).not.toBe('');
    const { blocks, take, untilCount } = collector();
    const enough = untilCount(2100);
    const capture = await meter.start(take, signal);
    await enough;
    const totals = await capture.stop(signal);
    expect(totals.lostSampleCount).toBe(0);
    expect(totals.sampleCount).toBeGreaterThanOrEqual(2100);
    const energies = blocks.flatMap((block) => [...block.energyJoules]);
    expect(energies).toHaveLength(totals.sampleCount);
    const meanWatts =
      (energies.reduce((sum, joules) => sum + joules, 0) / energies.length) * sampleRateHz;
    // The simulated board is idle at 9.8 mW unless somebody says otherwise.
    expect(meanWatts).toBeGreaterThan(0.009);
    expect(meanWatts).toBeLessThan(0.011);
    await meter.release(signal);
  });

  it('captures again after a stop, and after a release', async () => {
    await using meter = await openMeter();
    for (const isReleased of [false, true]) {
      const { take, untilCount } = collector();
      const enough = untilCount(200);
      const capture = await meter.start(take, signal);
      await enough;
      expect((await capture.stop(signal)).sampleCount).toBeGreaterThanOrEqual(200);
      if (isReleased) await meter.release(signal);
    }
    expect(await meter.identify(signal)).toMatchObject({ model: 'X-NUCLEO-LPM01A' });
  });

  it('takes control of an analyzer that is streaming already', async () => {
    await using meter = await openMeter('already-streaming');
    expect((await meter.identify(signal)).serialNumber).toContain('2036-3733');
  });

  it('takes control of an analyzer that its own crashed session left streaming', async () => {
    const crashed = await openMeter();
    const { take, untilCount } = collector();
    const enough = untilCount(100);
    await crashed.start(take, signal);
    await enough;
    await crashed[Symbol.asyncDispose]();
    await using meter = await openMeter();
    expect((await meter.identify(signal)).serialNumber).toContain('2036-3733');
    await meter.release(signal);
  });

  it('says when the analyzer is silent', async () => {
    await using meter = await openMeter('silent');
    await expect(meter.identify(signal)).rejects.toMatchObject({ code: 'power/no-answer' });
  });

  it('fails when the stream falls silent', async () => {
    await using meter = await openMeter('silent-after-start:300');
    const capture = await meter.start(() => {}, signal);
    const failure = await capture.failed;
    expect(failure).toMatchObject({ code: 'power/stream-stopped' });
    await expect(capture.stop(signal)).rejects.toBe(failure);
  });

  it('fails on an overcurrent, and can be released after it', async () => {
    await using meter = await openMeter('overcurrent:300');
    const capture = await meter.start(() => {}, signal);
    expect(await capture.failed).toMatchObject({ code: 'power/overcurrent' });
    await meter.release(signal);
    expect(await meter.identify(signal)).toMatchObject({ model: 'X-NUCLEO-LPM01A' });
  });

  it('counts samples that the analyzer drops', async () => {
    await using meter = await openMeter('drop-samples:7');
    const { blocks, take, untilCount } = collector();
    const enough = untilCount(3100);
    const capture = await meter.start(take, signal);
    await enough;
    const totals = await capture.stop(signal);
    expect(totals.lostSampleCount).toBeGreaterThan(0);
    const last = blocks.at(-1);
    const endIndex = (last?.firstSampleIndex ?? 0) + (last?.energyJoules.length ?? 0);
    expect(endIndex).toBe(totals.sampleCount + totals.lostSampleCount);
  });

  it('keeps the place of torn samples and gives them no value', async () => {
    await using meter = await openMeter('torn-lines:10');
    const { blocks, take, untilCount } = collector();
    const enough = untilCount(2100);
    const capture = await meter.start(take, signal);
    await enough;
    await capture.stop(signal);
    const energies = blocks.flatMap((block) => [...block.energyJoules]);
    expect(energies.some((joules) => Number.isNaN(joules))).toBe(true);
    const whole = energies.filter((joules) => !Number.isNaN(joules));
    expect(Math.max(...whole)).toBeLessThan(1e-3);
  });

  it('names old firmware when `pwr` is refused', async () => {
    await using meter = await openMeter('old-firmware');
    const starting = meter.start(() => {}, signal);
    await expect(starting).rejects.toThrow('firmware');
    await expect(starting).rejects.toMatchObject({ code: 'power/rejected-command' });
  });

  it('fails when the simulator dies', async () => {
    await using meter = await openMeter();
    const capture = await meter.start(() => {}, signal);
    await simulator?.[Symbol.asyncDispose]();
    expect(await capture.failed).toMatchObject({ code: 'serial/unplugged' });
  });
});
