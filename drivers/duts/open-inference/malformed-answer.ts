import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

/** An answer that does not follow the protocol. @param what - a clause: `its header is no number` */
export function malformedAnswer(what: string, cause?: unknown): LabError {
  const message = `the server's answer cannot be read: ${what}`;
  return labError('network/malformed-answer', message, cause === undefined ? {} : { cause });
}
