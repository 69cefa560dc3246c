import type { AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { auditConfidence } from './leg-length.ts';

/** Settings that check nothing; each audit replaces what it is about. */
export const noAuditChecks = {
  confidence: auditConfidence,
  ratioAtLeast: null,
  ratioAtMost: null,
  sampledAnswerCount: 0,
  valueTolerance: 0,
  sameIndex: null,
  seeds: [],
  endTokenId: null,
  meanTokensAtLeast: null,
  meanTokensAtMost: null,
} satisfies Partial<AuditSettings>;

/** Why no audit can be made of a run: it searches a rate instead of holding one. */
export function searchRefusal(base: RunSettings): string | undefined {
  return base.scenario === 'find-peak'
    ? 'an audit compares loads of one rate, and find-peak searches one: use server with targetQps'
    : undefined;
}
