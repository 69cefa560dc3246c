import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PowerBlock } from '#harness/contracts/power-meter.ts';

import { blockAssembler, type BlockAssembler } from './block-assembler.ts';

function collect(sampleRateHz: number): {
  readonly blocks: PowerBlock[];
  readonly assembler: BlockAssembler;
} {
  const blocks: PowerBlock[] = [];
  return { blocks, assembler: blockAssembler(sampleRateHz, (block) => blocks.push(block)) };
}

function addSamples(assembler: BlockAssembler, count: number, atNs = 0): void {
  for (let sample = 0; sample < count; sample += 1) assembler.addSample(1, atNs);
}

describe('blockAssembler', () => {
  it('makes blocks of 100 ms and keeps the rest until it is flushed', () => {
    const { blocks, assembler } = collect(1000);
    addSamples(assembler, 250);
    expect(blocks.map((block) => block.firstSampleIndex)).toEqual([0, 100]);
    assembler.flush();
    assembler.flush();
    expect(blocks.map((block) => block.energyJoules.length)).toEqual([100, 100, 50]);
    expect(assembler.counts()).toEqual({ sampleCount: 250, lostSampleCount: 0 });
  });

  it('stamps a block with the arrival of its last sample', () => {
    const { blocks, assembler } = collect(1000);
    assembler.addSample(0.25, 5e6);
    assembler.addSample(Number.NaN, 6e6);
    assembler.flushWhenDue(104e6);
    expect(blocks).toEqual([]);
    assembler.flushWhenDue(105e6);
    expect(blocks).toEqual([
      {
        firstSampleIndex: 0,
        arrivedAtNs: 6e6,
        lostSampleCount: 0,
        energyJoules: Float32Array.of(0.25, Number.NaN),
      },
    ]);
  });

  it('makes a block of each sample at 1 Hz', () => {
    const { blocks, assembler } = collect(1);
    addSamples(assembler, 3);
    expect(blocks).toHaveLength(3);
  });

  it('counts what is missing between two time stamps on the next block and goes on after the gap', () => {
    const { blocks, assembler } = collect(1000);
    assembler.addTimeStamp(1000);
    addSamples(assembler, 990);
    assembler.addTimeStamp(2000);
    addSamples(assembler, 100);
    expect(blocks.slice(-2)).toMatchObject([
      { firstSampleIndex: 900, lostSampleCount: 0 },
      { firstSampleIndex: 1000, lostSampleCount: 10 },
    ]);
    expect(assembler.counts()).toEqual({ sampleCount: 1090, lostSampleCount: 10 });
  });

  it('finds no loss where a time stamp itself was lost', () => {
    const { assembler } = collect(1000);
    assembler.addTimeStamp(1000);
    addSamples(assembler, 2000);
    assembler.addTimeStamp(3000);
    expect(assembler.counts().lostSampleCount).toBe(0);
  });

  it('finds no loss before the first time stamp, nor where the clock of the analyzer began anew', () => {
    const { assembler } = collect(1000);
    assembler.addTimeStamp(500_000);
    assembler.addTimeStamp(1000);
    assembler.addTimeStamp(1000);
    expect(assembler.counts().lostSampleCount).toBe(0);
  });

  it('accounts for every sample, whichever are lost', () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(seconds, (receivedCounts) => {
        const { blocks, assembler } = collect(100);
        assembler.addTimeStamp(0);
        for (const [second, receivedCount] of receivedCounts.entries()) {
          addSamples(assembler, receivedCount);
          assembler.addTimeStamp((second + 1) * 1000);
        }
        assembler.addSample(1, 0);
        assembler.flush();
        const dueCount = receivedCounts.length * 100 + 1;
        const { sampleCount, lostSampleCount } = assembler.counts();
        expect(sampleCount + lostSampleCount).toBe(dueCount);
        let nextIndex = 0;
        for (const block of blocks) {
          expect(block.firstSampleIndex).toBe(nextIndex + block.lostSampleCount);
          nextIndex = block.firstSampleIndex + block.energyJoules.length;
        }
        expect(nextIndex).toBe(dueCount);
      }),
    );
  });
});
