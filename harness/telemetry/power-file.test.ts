import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { RecordedPowerBlock } from '#harness/judge/raw/power-blocks.ts';

import { createPowerFile, powerFileWriter, readPowerFile } from './power-file.ts';

const first: RecordedPowerBlock = {
  firstSampleIndex: 0,
  arrivedAtNs: 1e6,
  sampleRateHz: 1000,
  lostSampleCount: 0,
  energyJoules: Float32Array.of(0.5, Number.NaN),
};
const second: RecordedPowerBlock = {
  firstSampleIndex: 5,
  arrivedAtNs: 2e6,
  sampleRateHz: 1000,
  lostSampleCount: 3,
  energyJoules: Float32Array.of(0.25),
};

describe('the power file', () => {
  let folder = '';
  let path = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-power-'));
    path = join(folder, 'power.bin');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const writeBoth = async (): Promise<void> => {
    await using file = await createPowerFile(path);
    await file.append(first);
    await file.append(second);
  };

  it('holds the bytes of the format', async () => {
    await writeBoth();
    const bytes = await readFile(path);
    expect(bytes.toString('hex')).toBe(
      [
        '41535341 5950310a',
        '0000000000000000 0000000080842e41 0000000000408f40 02000000 00000000 0000003f 0000c07f',
        '0000000000001440 0000000080843e41 0000000000408f40 01000000 03000000 0000803e',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('gives back what was appended', async () => {
    await writeBoth();
    expect(await readPowerFile(path)).toEqual({ blocks: [first, second], cutByteCount: 0 });
  });

  it('can be read while it is being written', async () => {
    await using file = await createPowerFile(path);
    await file.append(first);
    expect(await readPowerFile(path)).toMatchObject({ blocks: [first] });
  });

  it('loses only the last block when it was cut off, at any byte', async () => {
    await writeBoth();
    for (const [byteCount, blockCount] of [
      [83, 1],
      [49, 1],
      [48, 1],
      [47, 0],
      [8, 0],
    ] as const) {
      await truncate(path, byteCount);
      const { blocks } = await readPowerFile(path);
      expect(blocks).toHaveLength(blockCount);
    }
  });

  it('does not overwrite evidence', async () => {
    await writeFile(path, 'evidence');
    await expect(createPowerFile(path)).rejects.toMatchObject({ code: 'evidence/write-failed' });
    expect(await readFile(path, 'utf8')).toBe('evidence');
  });

  it('says so when the disk is full', async () => {
    const full = await open('/dev/full', 'w');
    await expect(powerFileWriter('/dev/full', full)).rejects.toMatchObject({
      code: 'evidence/disk-full',
    });
  });

  it('appends nothing after a write that failed', async () => {
    const handle = await open(path, 'wx');
    const file = await powerFileWriter(path, handle);
    await file.append(first);
    await handle.close();
    const [failed, refused] = await Promise.allSettled([file.append(second), file.append(second)]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'evidence/write-failed' } });
    expect(refused.status).toBe('rejected');
    expect(await readPowerFile(path)).toMatchObject({ blocks: [first], cutByteCount: 0 });
  });

  it('is unreadable when it is not there', async () => {
    await expect(readPowerFile(path)).rejects.toMatchObject({
      code: 'evidence/unreadable',
      details: { path },
    });
  });
});
