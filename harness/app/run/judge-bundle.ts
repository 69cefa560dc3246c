import { Type, type Static } from 'typebox';

import {
  ResultsSchema,
  RuleOutcomeSchema,
  VerdictSchema,
  type PhaseSpan,
  type RunSettings,
} from '#harness/contracts/records/run-record.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import { judgeRun } from '#harness/judge/rules.ts';
import { openRawEvidence } from '#reports/evidence/open-raw-evidence.ts';

/** What a bundle is judged by. */
export interface JudgeRequest {
  readonly bundleDir: string;
  readonly settings: RunSettings;
  readonly phases: readonly PhaseSpan[];
  readonly wallClockStepMs: number;
}

/** What came of it; checked where it comes back from the pool. */
export const JudgedBundleSchema = Type.Object({
  results: ResultsSchema,
  rules: Type.Array(RuleOutcomeSchema),
  verdict: VerdictSchema,
});
export type JudgedBundle = Static<typeof JudgedBundleSchema>;

/**
 * Post-processing, accuracy and verdict of one run, from its raw files as they are on the disk; query logs are read in
 * blocks, so that memory does not grow with them. A pool function.
 *
 * @throws LabError evidence/unreadable
 */
export function judgeBundle(request: JudgeRequest): JudgedBundle {
  using evidence = openRawEvidence(request.bundleDir);
  const { raw } = evidence;
  const { settings, phases, wallClockStepMs } = request;
  const results = deriveResults(raw, settings, phases);
  const { rules, verdict } = judgeRun({ settings, results, raw, wallClockStepMs });
  return { results, rules: [...rules], verdict };
}
