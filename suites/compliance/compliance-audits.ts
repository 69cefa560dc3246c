import type { AuditDefinition } from '#harness/contracts/define-audit.ts';

import { noCaching } from './no-caching.ts';
import { otherSeeds } from './other-seeds.ts';
import { outputLength } from './output-length.ts';
import { realResults } from './real-results.ts';
import { tokenConsistency } from './token-consistency.ts';

/** Every audit there is, for the `audits` of a lab. */
export const complianceAudits: readonly AuditDefinition[] = [
  realResults,
  noCaching,
  otherSeeds,
  tokenConsistency,
  outputLength,
];
