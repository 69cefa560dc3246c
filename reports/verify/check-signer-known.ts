import type { PublicKeys } from '../signing/public-keys.ts';
import { mustHold } from './invalid-signature.ts';
import type { CheckList } from './verify-report.ts';

/** How strict verification is about who signed. */
export interface VerifyOptions {
  /**
   * Ids of the record keys that are trusted (the lab gives them by another way). Absent or empty: any lab will do, and the
   * report names whose key it was.
   */
  readonly trustedKeyIds?: readonly string[];
}

/** Says whose key signed, and fails when trust was given and it is not among it. */
export function checkSignerKnown(
  checks: CheckList,
  keys: PublicKeys,
  options: VerifyOptions,
): void {
  const { trustedKeyIds = [] } = options;
  const who = `the lab that calls itself “${keys.labName}”, record key ${keys.recordKeyId}`;
  checks.run('signer-known', () => {
    if (trustedKeyIds.length === 0) {
      checks.notChecked(`Who signed: no trusted key was given. It was ${who}; compare the key id.`);
      return { detail: `No trusted key was given; signed by ${who}.`, value: undefined };
    }
    mustHold(trustedKeyIds.includes(keys.recordKeyId), `Not a trusted key: signed by ${who}.`);
    return { detail: `A trusted key: signed by ${who}.`, value: undefined };
  });
}
