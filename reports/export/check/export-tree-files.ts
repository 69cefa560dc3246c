import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';

/** The files of a tree. */
export interface TreeFiles {
  /** Bytes of every plain file, by its path in the tree. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Entries that are neither files nor folders. */
  readonly strange: readonly string[];
  /** The text of a file; undefined when it is not there or larger than any text of the layout. */
  readonly text: (path: string) => string | undefined;
  /** SHA-256 of a file of any size; undefined when it is not there. */
  readonly sha256: (path: string) => string | undefined;
}

const entryCountMax = 100_000;
/** A larger file is not read as text; no text of the layout comes near it. */
export const textBytesMax = 64 * 1024 * 1024;
const pieceBytes = 1024 * 1024;

function hashOf(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const count = readSync(descriptor, piece, 0, piece.length, null);
      if (count === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Lists the files of a tree.
 *
 * @throws LabError export/tree-unreadable when there is no such folder
 */
export function readTreeFiles(dir: string): TreeFiles {
  const root = resolve(dir);
  const sizes = new Map<string, number>();
  const strange: string[] = [];
  try {
    const entries = readdirSync(root, { withFileTypes: true, recursive: true });
    if (entries.length > entryCountMax)
      throw new RangeError(`it holds more than ${entryCountMax} entries`);
    for (const entry of entries) {
      const absolute = join(entry.parentPath, entry.name);
      const path = absolute.slice(root.length + 1);
      if (entry.isFile()) sizes.set(path, statSync(absolute).size);
      else if (!entry.isDirectory()) strange.push(path);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw labError('export/tree-unreadable', `${root} cannot be read: ${why}`, { cause });
  }
  return {
    sizes,
    strange,
    text: (path) => {
      const size = sizes.get(path);
      if (size === undefined || size > textBytesMax) return undefined;
      return readFileSync(join(root, path), 'utf8');
    },
    sha256: (path) => (sizes.has(path) ? hashOf(join(root, path)) : undefined),
  };
}
