import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Type, type Static } from 'typebox';

import {
  ResultsSchema,
  RuleOutcomeSchema,
  VerdictSchema,
  type PhaseSpan,
  type RunSettings,
} from '#harness/contracts/records/run-record.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import { decodeRawEvidence } from '#harness/judge/raw/raw-evidence.ts';
import { judgeRun } from '#harness/judge/rules.ts';
import { openQueryLogFile } from '#reports/evidence/query-log-file.ts';

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
  const pathOf = (name: string): string | undefined => {
    const path = join(request.bundleDir, name);
    return existsSync(path) ? path : undefined;
  };
  using logs = new DisposableStack();
  const raw = decodeRawEvidence(
    (name) => {
      const path = pathOf(name);
      return path === undefined ? undefined : readFileSync(path);
    },
    (name, detailsName) => {
      const path = pathOf(name);
      if (path === undefined) return undefined;
      const detailsPath = detailsName === undefined ? undefined : pathOf(detailsName);
      return logs.use(openQueryLogFile(path, detailsPath));
    },
  );
  const { settings, phases, wallClockStepMs } = request;
  const results = deriveResults(raw, settings, phases);
  const { rules, verdict } = judgeRun({ settings, results, raw, wallClockStepMs });
  return { results, rules: [...rules], verdict };
}
