import { assertDefined } from '#harness/kernel/assert.ts';

import type { PowerBlocks, RecordedPowerBlock } from '../raw/power-blocks.ts';
import { median } from '../statistics/median.ts';

/** Power samples on the run clock. */
export interface PowerTrace {
  readonly blocks: readonly RecordedPowerBlock[];
  readonly sampleRateHz: number;
  /** Index of the first sample, and the index after the last one. */
  readonly firstSampleIndex: number;
  readonly endSampleIndex: number;
  /** Run-clock nanoseconds at which a sample begins; for any whole index, recorded or not. */
  readonly startNs: (sampleIndex: number) => number;
  /** Spread of the arrival delays, median minus least: how far the alignment may be off, in nanoseconds. */
  readonly offsetUncertaintyNs: number;
}

/** Nanoseconds from the first sample's start to the end of a block by the analyzer's count alone. */
function blockEndNs(block: RecordedPowerBlock): number {
  const endIndex = block.firstSampleIndex + block.energyJoules.length;
  return (endIndex * 1e9) / block.sampleRateHz;
}

/**
 * Puts the samples on the run clock by the lower envelope: no sample arrives before it was taken, so the block that
 * came quickest bounds the delay of all.
 *
 * @returns undefined when there is no sample
 * @see harness/docs/evidence-format.md, raw/power.bin
 */
export function alignPower(power: PowerBlocks): PowerTrace | undefined {
  const blocks = power.blocks.filter((block) => block.energyJoules.length > 0);
  const [first] = blocks;
  if (first === undefined) return undefined;
  const last = assertDefined(blocks.at(-1), 'a last block where there is a first');
  const delaysNs = blocks.map((block) => block.arrivedAtNs - blockEndNs(block));
  const offsetNs = delaysNs.reduce((least, delayNs) => Math.min(least, delayNs));
  const { sampleRateHz } = first;
  return {
    blocks,
    sampleRateHz,
    firstSampleIndex: first.firstSampleIndex,
    endSampleIndex: last.firstSampleIndex + last.energyJoules.length,
    startNs: (sampleIndex) => offsetNs + (sampleIndex * 1e9) / sampleRateHz,
    offsetUncertaintyNs: median(delaysNs) - offsetNs,
  };
}

/** Samples recorded. */
export function powerSampleCount(power: PowerBlocks): number {
  return power.blocks.reduce((count, block) => count + block.energyJoules.length, 0);
}

/** Samples missing: by the analyzer's time stamps or by a jump of the indices, whichever says more. */
export function lostPowerSampleCount(power: PowerBlocks): number {
  let lostCount = 0;
  let expectedIndex = power.blocks[0]?.firstSampleIndex ?? 0;
  for (const block of power.blocks) {
    lostCount += Math.max(block.lostSampleCount, block.firstSampleIndex - expectedIndex);
    expectedIndex = block.firstSampleIndex + block.energyJoules.length;
  }
  return lostCount;
}
