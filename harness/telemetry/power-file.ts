import { open, readFile, type FileHandle } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';
import {
  decodePowerBlocks,
  encodePowerBlock,
  encodePowerFileHeader,
  type PowerBlocks,
  type RecordedPowerBlock,
} from '#harness/judge/raw/power-blocks.ts';

/** Appends blocks of power samples to `raw/power.bin`. Closing brings them to the disk. */
export interface PowerFileWriter extends AsyncDisposable {
  /**
   * Hands one whole block to the system; wait for it before the next one. A process that dies loses at most the block
   * it was writing.
   *
   * @throws LabError evidence/disk-full, evidence/write-failed; from then on every call does, so that nothing follows
   *   half a block
   */
  readonly append: (block: RecordedPowerBlock) => Promise<void>;
}

/**
 * Begins the file, which must not be there yet: evidence is never overwritten.
 *
 * @throws LabError evidence/disk-full, evidence/write-failed
 */
export async function createPowerFile(path: string): Promise<PowerFileWriter> {
  const handle = await open(path, 'wx').catch((cause: unknown) => {
    throw writeError(path, cause);
  });
  return powerFileWriter(path, handle);
}

/** The same on an open file, which it closes. @throws LabError evidence/disk-full, evidence/write-failed */
export async function powerFileWriter(path: string, handle: FileHandle): Promise<PowerFileWriter> {
  let failure: Error | undefined;
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (failure !== undefined) throw failure;
    try {
      await handle.writeFile(bytes);
    } catch (cause) {
      failure = writeError(path, cause);
      throw failure;
    }
  };
  try {
    await write(encodePowerFileHeader());
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    append: (block) => write(encodePowerBlock(block)),
    [Symbol.asyncDispose]: async () => {
      try {
        if (failure === undefined) await handle.datasync();
      } catch (cause) {
        throw writeError(path, cause);
      } finally {
        await handle.close();
      }
    },
  };
}

/**
 * Reads the file up to its last whole block.
 *
 * @throws LabError evidence/unreadable
 */
export async function readPowerFile(path: string): Promise<PowerBlocks> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw labError('evidence/unreadable', `The power samples ${path} cannot be read.`, {
      details: { path },
      cause,
    });
  });
  return decodePowerBlocks(bytes);
}

function writeError(path: string, cause: unknown): Error {
  const full = cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC';
  return labError(
    full ? 'evidence/disk-full' : 'evidence/write-failed',
    `The power samples could not be written to ${path}.`,
    { details: { path }, cause },
  );
}
