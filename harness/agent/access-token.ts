import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';

/** The secret that a host has to know. */
export interface AccessToken {
  /** The time it takes tells nothing of the token, not its length either. */
  readonly isRight: (given: Uint8Array) => boolean;
}

const tokenBytesMin = 16;
/** It has to fit the payload that AUTH may have. */
const tokenBytesMax = 1000;

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** @param bytes - the secret itself */
export function accessToken(bytes: Uint8Array): AccessToken {
  const wanted = digest(bytes);
  return { isRight: (given) => timingSafeEqual(wanted, digest(given)) };
}

/**
 * Reads the token: the file's text without blanks and line ends around it.
 *
 * @throws LabError agent/bad-secret when it cannot be read, or is too short or too long
 */
export async function readTokenFile(file: string): Promise<AccessToken> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw labError('agent/bad-secret', `the token file ${file} cannot be read`, {
      details: { file },
      cause,
    });
  });
  const token = Buffer.from(text.trim());
  if (token.length >= tokenBytesMin && token.length <= tokenBytesMax) return accessToken(token);
  throw labError(
    'agent/bad-secret',
    `the token of ${file} has ${token.length} bytes; ${tokenBytesMin} to ${tokenBytesMax} are wanted`,
    { details: { file } },
  );
}
