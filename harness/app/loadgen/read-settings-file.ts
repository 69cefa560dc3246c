import { createReadStream } from 'node:fs';
import process from 'node:process';
import type { Readable } from 'node:stream';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import {
  parseLoadFileSettings,
  type LoadFileSettings,
} from '#harness/loadgen/plan/plan-settings.ts';

/** A settings file has some hundred bytes; more than this is another file. */
const settingsBytesMax = 1_048_576;

async function readText(stream: Readable, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of stream) {
    const bytes: Uint8Array = Buffer.from(chunk);
    byteCount += bytes.length;
    if (byteCount > settingsBytesMax) {
      throw labError(
        'loadgen/settings-unreadable',
        `${name} has more than ${settingsBytesMax} bytes`,
      );
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(name: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return labError('loadgen/settings-unreadable', `${name}: ${why}`, { cause });
}

/**
 * Reads a settings file of `assay loadgen`.
 *
 * @param path - `-` reads standard input to its end
 * @param prepare - what is done with the content before it is checked; default nothing
 * @throws LabError loadgen/settings-unreadable, or loadgen/settings-invalid with every problem
 */
export async function readSettingsFile(
  path: string,
  prepare: (value: unknown) => unknown = (value) => value,
): Promise<LoadFileSettings> {
  const isInput = path === '-';
  const name = isInput ? 'standard input' : path;
  let text: string;
  let value: unknown;
  try {
    text = await readText(isInput ? process.stdin : createReadStream(path), name);
  } catch (thrown) {
    if (hasCode(thrown, 'loadgen/settings-unreadable')) throw thrown;
    throw unreadable(name, thrown);
  }
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${name} is no JSON`, cause);
  }
  return parseLoadFileSettings(prepare(value));
}
