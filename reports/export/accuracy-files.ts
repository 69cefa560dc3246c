import { createHash } from 'node:crypto';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { AccuracyEntry } from '#harness/judge/raw/accuracy-log.ts';

import {
  accuracyLogBytesMax,
  accuracyLogEndBytes,
  accuracyLogGap,
  wholeAccuracyLogPath,
} from './layout-names.ts';

/** What was written of an accuracy log. */
export interface WrittenAccuracyLog {
  /** SHA-256 of the whole log. */
  readonly sha256: string;
  /** Path in the tree of the whole log, when the one in its place is cut. */
  readonly wholePath?: string;
}

/** The bytes of a model's answer as they lie in memory, little-endian. */
function outputHex(output: Float32Array): string {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  return bytes.toString('hex').toUpperCase();
}

/** One object of the accuracy log, without what stands between the objects. */
export function accuracyObject(entry: AccuracyEntry, sequenceId: number): string {
  const { sampleIndex, output } = entry;
  return `{ "seq_id" : ${sequenceId}, "qsl_idx" : ${sampleIndex}, "data" : "${outputHex(output)}" }`;
}

function* logText(entries: readonly AccuracyEntry[]): Generator<string> {
  yield '[\n';
  for (const [place, entry] of entries.entries()) {
    yield `${place === 0 ? '' : ',\n'}${accuracyObject(entry, place)}`;
  }
  yield entries.length === 0 ? ']\n' : '\n]\n';
}

/** Writes the whole log. @returns its SHA-256 and size */
async function writeWhole(
  path: string,
  entries: readonly AccuracyEntry[],
): Promise<{ readonly sha256: string; readonly byteCount: number }> {
  const hash = createHash('sha256');
  let byteCount = 0;
  await mkdir(dirname(path), { recursive: true });
  await using file = await open(path, 'wx');
  for (const text of logText(entries)) {
    const bytes = Buffer.from(text, 'latin1');
    hash.update(bytes);
    byteCount += bytes.length;
    await file.write(bytes);
  }
  return { sha256: hash.digest('hex'), byteCount };
}

/** Both ends of a file that is longer than the two. */
async function endsOf(path: string, byteCount: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const head = Buffer.alloc(accuracyLogEndBytes);
  const tail = Buffer.alloc(accuracyLogEndBytes);
  await file.read(head, 0, head.length, 0);
  await file.read(tail, 0, tail.length, byteCount - tail.length);
  return Buffer.concat([head, Buffer.from(accuracyLogGap, 'latin1'), tail]);
}

/**
 * Writes the answers of an accuracy run where the layout wants them. A log that is too long for it is cut to its two
 * ends there; the whole one goes below `src`, so that its hash can be checked.
 *
 * @param root - the tree
 * @param target - path of the log in the tree, and `<system>/<benchmark>/<Scenario>`
 */
export async function writeAccuracyLog(
  root: string,
  target: { readonly path: string; readonly division: string; readonly place: string },
  entries: readonly AccuracyEntry[],
): Promise<WrittenAccuracyLog> {
  const path = join(root, target.path);
  const { sha256, byteCount } = await writeWhole(path, entries);
  if (byteCount <= accuracyLogBytesMax) return { sha256 };
  const wholePath = `${target.division}/${wholeAccuracyLogPath(target.place)}`;
  await mkdir(dirname(join(root, wholePath)), { recursive: true });
  await rename(path, join(root, wholePath));
  await writeFile(path, await endsOf(join(root, wholePath), byteCount), { flag: 'wx' });
  return { sha256, wholePath };
}
