import type { PowerBlock } from '#harness/contracts/power-meter.ts';
import { assert } from '#harness/kernel/assert.ts';

import { checkMagic, magicByteCount, magicBytes } from './file-magic.ts';
import { unreadable } from './unreadable.ts';

/** Where the power samples lie in a bundle. */
export const powerFile = 'raw/power.bin';

/** A block as it is stored: what the meter gave, and its rate. */
export type RecordedPowerBlock = PowerBlock & { readonly sampleRateHz: number };

/** The power samples of a run: blocks in the order they arrived, their indices ascending, all of one rate. */
export interface PowerBlocks {
  readonly blocks: readonly RecordedPowerBlock[];
  /** Bytes after the last whole block: more than 0 when the writer was stopped in the middle of one. */
  readonly cutByteCount: number;
}

/** Most samples in one block: ten seconds at the highest rate of the analyzers, 100 kHz. */
export const blockSampleCountMax = 1_000_000;

const magic = 'ASSAYP1\n';
const headByteCount = 32;
const littleEndian = true;

/** The first bytes of `raw/power.bin`; blocks follow. */
export function encodePowerFileHeader(): Uint8Array<ArrayBuffer> {
  return magicBytes(magic);
}

/** One block, to be appended to `raw/power.bin` in one write. */
export function encodePowerBlock(block: RecordedPowerBlock): Uint8Array<ArrayBuffer> {
  const sampleCount = block.energyJoules.length;
  assert(sampleCount <= blockSampleCountMax, 'a power block holds at most a million samples');
  const bytes = new Uint8Array(headByteCount + 4 * sampleCount);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, block.firstSampleIndex, littleEndian);
  view.setFloat64(8, block.arrivedAtNs, littleEndian);
  view.setFloat64(16, block.sampleRateHz, littleEndian);
  view.setUint32(24, sampleCount, littleEndian);
  view.setUint32(28, block.lostSampleCount, littleEndian);
  for (const [sample, joules] of block.energyJoules.entries())
    view.setFloat32(headByteCount + 4 * sample, joules, littleEndian);
  return bytes;
}

function blockProblem(
  block: RecordedPowerBlock,
  previous: RecordedPowerBlock | undefined,
): string | undefined {
  const { firstSampleIndex, arrivedAtNs, sampleRateHz } = block;
  if (!Number.isSafeInteger(firstSampleIndex) || firstSampleIndex < 0)
    return `begins with sample ${firstSampleIndex}`;
  if (!Number.isFinite(arrivedAtNs)) return `arrived at ${arrivedAtNs} ns`;
  if (!Number.isFinite(sampleRateHz) || sampleRateHz <= 0) return `has the rate ${sampleRateHz} Hz`;
  if (previous === undefined) return undefined;
  if (sampleRateHz !== previous.sampleRateHz)
    return `has the rate ${sampleRateHz} Hz after ${previous.sampleRateHz} Hz`;
  const expectedIndex = previous.firstSampleIndex + previous.energyJoules.length;
  if (firstSampleIndex < expectedIndex)
    return `begins with sample ${firstSampleIndex}, which an earlier block holds already`;
  return undefined;
}

function readBlock(view: DataView, offset: number, sampleCount: number): RecordedPowerBlock {
  const energyJoules = new Float32Array(sampleCount);
  for (let sample = 0; sample < sampleCount; sample += 1)
    energyJoules[sample] = view.getFloat32(offset + headByteCount + 4 * sample, littleEndian);
  return {
    firstSampleIndex: view.getFloat64(offset, littleEndian),
    arrivedAtNs: view.getFloat64(offset + 8, littleEndian),
    sampleRateHz: view.getFloat64(offset + 16, littleEndian),
    lostSampleCount: view.getUint32(offset + 28, littleEndian),
    energyJoules,
  };
}

/**
 * Reads `raw/power.bin` up to its last whole block: a file whose writer was stopped loses at most one block.
 *
 * @throws LabError evidence/unreadable naming the block that is wrong
 */
export function decodePowerBlocks(bytes: Uint8Array): PowerBlocks {
  checkMagic(bytes, magic, powerFile);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: RecordedPowerBlock[] = [];
  let offset = magicByteCount;
  while (offset + headByteCount <= bytes.byteLength) {
    const place = `block ${blocks.length} at byte ${offset}`;
    const sampleCount = view.getUint32(offset + 24, littleEndian);
    if (sampleCount > blockSampleCountMax)
      throw unreadable(powerFile, `${place} claims ${sampleCount} samples`);
    const end = offset + headByteCount + 4 * sampleCount;
    if (end > bytes.byteLength) break;
    const block = readBlock(view, offset, sampleCount);
    const problem = blockProblem(block, blocks.at(-1));
    if (problem !== undefined) throw unreadable(powerFile, `${place} ${problem}`);
    blocks.push(block);
    offset = end;
  }
  return { blocks, cutByteCount: bytes.byteLength - offset };
}
