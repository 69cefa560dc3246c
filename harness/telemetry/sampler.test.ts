import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerBlock, PowerMeter } from '#harness/contracts/power-meter.ts';

import { readPowerFile } from './power-file.ts';
import { startPowerSampler } from './sampler.ts';

const signal = AbortSignal.timeout(25_000);

/** A meter whose blocks the test gives. */
class HandMeter implements PowerMeter {
  readonly broken = Promise.withResolvers<unknown>();
  onBlock: (block: PowerBlock) => void = () => {};
  startFailure: Error | undefined;
  stopFailure: Error | undefined;
  #sampleCount = 0;

  /** A block of one sample. */
  give(): void {
    this.onBlock({
      firstSampleIndex: this.#sampleCount,
      arrivedAtNs: this.#sampleCount * 1e6,
      lostSampleCount: 0,
      energyJoules: Float32Array.of(this.#sampleCount),
    });
    this.#sampleCount += 1;
  }

  readonly start: PowerMeter['start'] = (onBlock) => {
    this.onBlock = onBlock;
    this.give();
    if (this.startFailure !== undefined) return Promise.reject(this.startFailure);
    return Promise.resolve({
      sampleRateHz: 1000,
      failed: this.broken.promise,
      stop: () => {
        this.give();
        if (this.stopFailure !== undefined) return Promise.reject(this.stopFailure);
        return Promise.resolve({ sampleCount: this.#sampleCount, lostSampleCount: 0 });
      },
    });
  };

  readonly identify: PowerMeter['identify'] = () =>
    Promise.resolve({ maker: '', model: '', serialNumber: '', firmware: '' });
  readonly release: PowerMeter['release'] = () => Promise.resolve();
  readonly [Symbol.asyncDispose] = (): Promise<void> => Promise.resolve();
}

describe('startPowerSampler', () => {
  let folder = '';
  let path = '';
  let meter: HandMeter;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-sampler-'));
    path = join(folder, 'power.bin');
    meter = new HandMeter();
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const recordedIndices = async (): Promise<readonly number[]> => {
    const { blocks } = await readPowerFile(path);
    return blocks.map((block) => block.firstSampleIndex);
  };

  it('records every block in its order: those before the start ended and those of the stop, too', async () => {
    const sampler = await startPowerSampler({ meter, path }, signal);
    for (let block = 0; block < 50; block += 1) meter.give();
    expect(await sampler.stop(signal)).toEqual({ sampleCount: 52, lostSampleCount: 0 });
    expect(await recordedIndices()).toEqual(Array.from({ length: 52 }, (_, index) => index));
    const { blocks } = await readPowerFile(path);
    expect(blocks[7]).toEqual({
      firstSampleIndex: 7,
      arrivedAtNs: 7e6,
      sampleRateHz: 1000,
      lostSampleCount: 0,
      energyJoules: Float32Array.of(7),
    });
    expect(sampler.sampleRateHz).toBe(1000);
  });

  it('keeps what arrived when the analyzer fails', async () => {
    const overcurrent = labError('power/overcurrent', 'too much');
    meter.stopFailure = overcurrent;
    const sampler = await startPowerSampler({ meter, path }, signal);
    meter.give();
    meter.broken.resolve(overcurrent);
    expect(await sampler.failed).toBe(overcurrent);
    await expect(sampler.stop(signal)).rejects.toBe(overcurrent);
    expect(await recordedIndices()).toEqual([0, 1, 2]);
  });

  it('keeps what arrived when it is closed without a stop, and takes no more', async () => {
    const sampler = await startPowerSampler({ meter, path }, signal);
    meter.give();
    await sampler[Symbol.asyncDispose]();
    await sampler[Symbol.asyncDispose]();
    meter.give();
    expect(await recordedIndices()).toEqual([0, 1]);
  });

  it('closes the file when the analyzer does not start', async () => {
    meter.startFailure = labError('power/no-answer', 'silent');
    await expect(startPowerSampler({ meter, path }, signal)).rejects.toBe(meter.startFailure);
    expect(await recordedIndices()).toEqual([]);
  });

  it('fails when more than 600 blocks wait for the disk', async () => {
    const sampler = await startPowerSampler({ meter, path }, signal);
    // Nothing is written in between: the disk's turn comes only after this tick.
    for (let block = 0; block < 700; block += 1) meter.give();
    expect(await sampler.failed).toMatchObject({ code: 'evidence/write-failed' });
    await expect(sampler.stop(signal)).rejects.toThrow('600 blocks wait');
  });

  it('starts nothing when the file cannot be made', async () => {
    path = join(folder, 'absent', 'power.bin');
    await expect(startPowerSampler({ meter, path }, signal)).rejects.toMatchObject({
      code: 'evidence/write-failed',
    });
  });
});
