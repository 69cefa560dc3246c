import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { TextDeployment } from '#harness/contracts/inference.ts';

import { createTokenizer, tokenIds } from './tokenizer-library.ts';

/** The token numbers of a text. Blocks for some microseconds a token. */
export type TokenCounter = (text: string) => readonly number[];

async function readTokenizer(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw labError('suite/model-missing', `the tokenizer ${path} cannot be read`, {
      details: { path },
      cause,
    });
  }
}

function checkHash(bytes: Uint8Array, text: TextDeployment): void {
  const actualSha256 = createHash('sha256').update(bytes).digest('hex');
  const { tokenizerPath: path, tokenizerSha256: expectedSha256 } = text;
  if (actualSha256 === expectedSha256) return;
  const message = `the tokenizer ${path} has SHA-256 ${actualSha256}, the suite names ${expectedSha256}`;
  throw labError('suite/model-hash-mismatch', message, {
    details: { path, actualSha256, expectedSha256 },
  });
}

/**
 * The tokenizer of the suite's model, from its `tokenizer.json`.
 *
 * @throws LabError suite/model-missing, suite/model-hash-mismatch, suite/model-unusable
 */
export async function openTokenCounter(text: TextDeployment): Promise<TokenCounter> {
  const path = text.tokenizerPath;
  const bytes = await readTokenizer(path);
  checkHash(bytes, text);
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const tokenizer = createTokenizer(json);
    const count = (said: string): readonly number[] => tokenIds(tokenizer, said);
    count('ready');
    return count;
  } catch (cause) {
    throw labError('suite/model-unusable', `${path} is no tokenizer`, { details: { path }, cause });
  }
}
